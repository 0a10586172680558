package io.kvorum.jraft;

import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A member in a process of its own, driven by lines on its standard input, so that a test can kill it.
 *
 * <pre>
 *  once FOLDER                                     a lone member that writes, takes a snapshot and ends
 *  bench FOLDER CLIENTS SECONDS                    a lone member and what it does per second
 *  serve FOLDER KEYS ID PORT [ID=PORT,ID=PORT...]  answers "= N ..." to "N QUESTION": lead? write X, has X, count, hash, add ID
 *                                                  PORT, promote ID, remove ID, transfer ID, read, reset; or stop
 * </pre>
 */
final class ChildMember {
    static final String ANSWER = "= ";

    private static final PrintStream OUT = System.out;

    private ChildMember() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "once" -> once(Path.of(args[1]));
            case "bench" -> bench(Path.of(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            case "serve" -> serve(args);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void once(Path folder) {
        Member self = TestMember.voter(1);
        var config = TestMember.config(folder, self, List.of(self), new PeerSecurity.PlainOnLoopback());
        try (var member = TestMember.start(TestMember.snapshotEvery(5, config))) {
            member.awaitLead();
            for (int i = 0; i < 20; i++) {
                member.write("entry-" + i);
            }
            var snapshot = folder.resolve("raft/snapshot").toFile();
            Eventually.until("a snapshot", () -> snapshot.list() != null && snapshot.list().length > 0);
            member.log.readBarrier(Duration.ofSeconds(2));
        }
        OUT.println("written and cut");
    }

    private static void bench(Path folder, int clients, int seconds) throws Exception {
        Member self = TestMember.voter(1);
        var config = TestMember.config(folder, self, List.of(self), new PeerSecurity.PlainOnLoopback());
        long begun = System.nanoTime();
        try (var member = TestMember.start(config)) {
            member.awaitLead();
            OUT.printf(
                    "leads %d ms after start, %d ms after the JVM's start%n",
                    (System.nanoTime() - begun) / 1_000_000,
                    java.time.Duration.between(
                                    ProcessHandle.current()
                                            .info()
                                            .startInstant()
                                            .orElseThrow(),
                                    java.time.Instant.now())
                            .toMillis());
            for (int round = 0; round < 3; round++) {
                var count = new java.util.concurrent.atomic.AtomicLong();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
                String value = "v".repeat(256);
                List<Thread> writers = new ArrayList<>();
                for (int client = 0; client < clients; client++) {
                    String prefix = round + "-" + client + "-";
                    writers.add(Thread.ofVirtual().start(() -> {
                        for (int i = 0; System.nanoTime() < end; i++) {
                            member.machine.writeAndWait(member.log, prefix + i + value);
                            count.incrementAndGet();
                        }
                    }));
                }
                for (Thread writer : writers) {
                    writer.join();
                }
                OUT.printf("round %d: %d clients, %d writes/s%n", round, clients, count.get() / seconds);
            }
        }
    }

    private static void serve(String[] args) throws Exception {
        var self = new Member(new MemberId(Long.parseLong(args[3])), address(args[4]), false);
        List<Member> initial = new ArrayList<>();
        if (args.length > 5) {
            for (String peer : args[5].split(",")) {
                String[] parts = peer.split("=");
                initial.add(new Member(new MemberId(Long.parseLong(parts[0])), address(parts[1]), false));
            }
        }
        PeerSecurity security = TestKeys.load(Path.of(args[2]), self.id());
        var config = TestMember.config(Path.of(args[1]), self, initial, security);
        try (var member = TestMember.start(TestMember.snapshotEvery(Integer.getInteger("snapshot", 10_000), config))) {
            OUT.println(ANSWER + "0 started");
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null && !line.equals("stop"); line = in.readLine()) {
                String[] question = line.split(" ", 2);
                OUT.println(ANSWER + question[0] + " " + answer(member, question[1].split(" ")));
            }
        }
    }

    private static InetSocketAddress address(String port) {
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
    }

    private static String answer(TestMember member, String[] words) {
        try {
            return switch (words[0]) {
                case "lead?" ->
                    member.leads() ? "yes" : "no, " + member.log.leadership().leader();
                case "write" -> written(member, words[1]);
                case "has" -> member.machine.contains(words[1]) ? "yes" : "no";
                case "count" -> "count " + member.machine.count();
                case "hash" -> "hash " + member.machine.entries().hashCode();
                case "read" -> "read " + member.log.readBarrier(Duration.ofSeconds(5));
                case "add" -> {
                    var id = new MemberId(Long.parseLong(words[1]));
                    member.log.addLearner(new Member(id, address(words[2]), true), TestMember.SOON);
                    yield "added";
                }
                case "promote" -> {
                    member.log.promote(new MemberId(Long.parseLong(words[1])), TestMember.SOON);
                    yield "promoted";
                }
                case "remove" -> {
                    member.log.remove(new MemberId(Long.parseLong(words[1])), TestMember.SOON);
                    yield "removed";
                }
                case "transfer" -> {
                    member.log.transferLeadership(new MemberId(Long.parseLong(words[1])), TestMember.SOON);
                    yield "transferred";
                }
                case "reset" -> {
                    member.log.resetToSelf(TestMember.SOON);
                    yield "reset";
                }
                default -> "what?";
            };
        } catch (RuntimeException e) {
            return "failed " + e.getMessage();
        }
    }

    /** "acked" only when this member saw the entry applied. */
    private static String written(TestMember member, String entry) {
        var proposal = new TestProposal(entry);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2000);
        member.log.propose(proposal);
        while (System.nanoTime() < end) {
            if (member.machine.contains(entry)) {
                return "acked " + entry;
            }
            Proposal.Refusal refusal = proposal.refusal().getNow(null);
            if (refusal != null) {
                return "refused " + refusal;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
        return "unknown";
    }
}
