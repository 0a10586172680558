package io.kvorum.jraft;

import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A member under test in this process, with its machine. */
final class TestMember implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(10);

    final MemberId id;
    final InetSocketAddress address;
    final Path folder;
    final JournalMachine machine;
    final JRaftLog log;

    private TestMember(JRaftLogConfig config) {
        this.id = config.self();
        this.address = config.bind();
        this.folder = config.folder().getParent();
        this.machine = new JournalMachine(folder.resolve("state"));
        this.log = JRaftLog.open(config);
    }

    static TestMember start(JRaftLogConfig config) {
        var member = new TestMember(config);
        member.log.start(member.machine);
        return member;
    }

    static JRaftLogConfig config(Path folder, Member self, List<Member> initial, PeerSecurity security) {
        return new JRaftLogConfig(
                folder.resolve("raft"),
                self.id(),
                self.peerAddress(),
                self.peerAddress(),
                initial,
                JRaftLogConfig.Timings.DEFAULT,
                JRaftLogConfig.SNAPSHOT_ENTRIES,
                security,
                JRaftLogConfig.Limits.DEFAULT);
    }

    static JRaftLogConfig snapshotEvery(int entries, JRaftLogConfig c) {
        return new JRaftLogConfig(
                c.folder(),
                c.self(),
                c.bind(),
                c.advertised(),
                c.initialMembers(),
                c.timings(),
                entries,
                c.security(),
                c.limits());
    }

    /** The same member at another address. */
    static JRaftLogConfig movedTo(InetSocketAddress address, JRaftLogConfig c) {
        return new JRaftLogConfig(
                c.folder(),
                c.self(),
                address,
                address,
                c.initialMembers(),
                c.timings(),
                c.snapshotEntries(),
                c.security(),
                c.limits());
    }

    static Member voter(long id) {
        return new Member(new MemberId(id), freeAddress(), false);
    }

    static InetSocketAddress freeAddress() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Member asLearner() {
        return new Member(id, address, true);
    }

    boolean leads() {
        return log.leadership().isSelf();
    }

    void awaitLead() {
        Eventually.until("member " + id + " leads", this::leads);
    }

    /** Proposes and waits until this member applied it. */
    void write(String entry) {
        Eventually.until("'" + entry + "' is written by " + id, () -> isWritten(entry));
    }

    /** Proposes it once; false when that was refused, such as by one who leads no more. */
    boolean isWritten(String entry) {
        var proposal = new TestProposal(entry);
        log.propose(proposal);
        Eventually.until(
                "answer for " + entry,
                () -> machine.contains(entry) || proposal.refusal().isDone());
        return machine.contains(entry);
    }

    void awaitEntry(String entry) {
        Eventually.until("member " + id + " has '" + entry + "'", () -> machine.contains(entry));
    }

    @Override
    public void close() {
        log.close();
    }
}
