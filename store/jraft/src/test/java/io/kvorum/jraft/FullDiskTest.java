package io.kvorum.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.raft.Member;
import io.kvorum.raft.Proposal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child process has the log of one of three members on a small disk, mounted where nobody else sees it. */
class FullDiskTest {
    @TempDir
    Path folder;

    @Test
    void aMemberWithoutRoomHandsOnTheLeadRefusesWritesAndGoesOnOnceThereIsRoom() throws Exception {
        Assumptions.assumeTrue(run("true") == 0, "needs the right to mount a file system in a name space of its own");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int exit = run("%s -Xmx256m -cp '%s' '%s' %s"
                .formatted(java, System.getProperty("java.class.path"), Child.class.getName(), folder));

        assertThat(exit).as(Files.readString(folder.resolve("said"))).isZero();
    }

    private int run(String command) throws IOException, InterruptedException {
        Path disk = Files.createDirectories(folder.resolve("1").resolve("raft"));
        Process child = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=24m tmpfs %s && exec %s".formatted(disk, command))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        try {
            assertThat(child.waitFor(90, TimeUnit.SECONDS)).isTrue();
            return child.exitValue();
        } finally {
            child.destroyForcibly();
        }
    }

    /** The child; any failure is an exit code and a stack trace. */
    static final class Child {
        private static final Duration SOON = Duration.ofSeconds(20);

        private Child() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            List<Member> three = List.of(TestMember.voter(1), TestMember.voter(2), TestMember.voter(3));
            List<TestMember> members = three.stream()
                    .map(member -> TestMember.start(TestMember.config(
                            folder.resolve(member.id().toString()), member, three, new PeerSecurity.PlainOnLoopback())))
                    .toList();
            TestMember full = members.getFirst();
            lead(members, full);
            full.write("before");
            Path ballast = folder.resolve("1/raft/ballast");
            Files.write(ballast, new byte[18 << 20]);

            String large = "x".repeat(50_000);
            int[] written = {0};
            Eventually.until("the disk is full and somebody else leads", Duration.ofSeconds(60), () -> {
                for (TestMember member : members) {
                    member.log.propose(new TestProposal("fill-" + written[0]++ + large));
                }
                return refusal(full) != null
                        && !full.leads()
                        && (members.get(1).leads() || members.get(2).leads());
            });
            assertThat(refusal(full).toString()).contains("is full");
            members.get(1).write("by the others");

            Files.delete(ballast);
            full.awaitEntry("by the others");
            Eventually.until("it takes writes again", () -> refusal(full) == null);
            lead(members, full);
            full.write("after");
            members.get(2).awaitEntry("after");
            assertThat(full.machine.failures).isEmpty();
            System.exit(0);
        }

        private static void lead(List<TestMember> members, TestMember wanted) {
            Eventually.until("member " + wanted.id + " leads", () -> {
                members.stream()
                        .filter(TestMember::leads)
                        .filter(leader -> leader != wanted)
                        .findFirst()
                        .ifPresent(leader -> leader.log.transferLeadership(wanted.id, SOON));
                return wanted.leads();
            });
        }

        private static Proposal.Refusal refusal(TestMember member) {
            var probe = new TestProposal("probe-" + System.nanoTime());
            member.log.propose(probe);
            Eventually.until(
                    "an end",
                    () -> probe.refusal().isDone()
                            || member.machine.contains(probe.entry().utf8()));
            return probe.refusal().getNow(null);
        }
    }
}
