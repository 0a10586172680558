package io.kvorum.jraft;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.Member;
import io.kvorum.raft.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A state machine whose state is the list of all entries, kept in a file that survives kill -9; the newest ones reach it
 * only when the log asks for that.
 */
final class JournalMachine implements StateMachine {
    private final Path file;
    private final List<String> entries = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private LogPosition applied = LogPosition.START;
    private LogPosition persisted = LogPosition.START;
    private DataOutputStream out;
    final List<Leadership> leaderships = new CopyOnWriteArrayList<>();
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    volatile List<Member> members = List.of();
    volatile boolean loaded;

    JournalMachine(Path folder) {
        try {
            Files.createDirectories(folder);
            this.file = folder.resolve("journal");
            read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a state of one entry before any machine is there. */
    static void seed(Path folder, LogPosition position, String entry) throws IOException {
        Files.createDirectories(folder);
        try (var out = new DataOutputStream(Files.newOutputStream(folder.resolve("journal")))) {
            out.writeLong(position.term());
            out.writeLong(position.index());
            out.writeUTF(entry);
        }
    }

    private void read() throws IOException {
        entries.clear();
        known.clear();
        applied = LogPosition.START;
        if (Files.exists(file)) {
            try (var in = new DataInputStream(Files.newInputStream(file))) {
                while (true) {
                    var position = new LogPosition(in.readLong(), in.readLong());
                    String text = in.readUTF();
                    entries.add(text);
                    known.add(text);
                    applied = position;
                }
            } catch (EOFException _) {
                // the end, or an entry that kill -9 cut: it will be handed over again
            }
        }
        rewrite();
        persisted = applied;
    }

    /** Without the half entry a kill may have left. */
    private void rewrite() throws IOException {
        Path whole = file.resolveSibling("journal.new");
        int at = 0;
        try (var old = Files.exists(file) ? new DataInputStream(Files.newInputStream(file)) : null;
                var next = new DataOutputStream(Files.newOutputStream(whole))) {
            while (old != null && at++ < entries.size()) {
                next.writeLong(old.readLong());
                next.writeLong(old.readLong());
                next.writeUTF(old.readUTF());
            }
        }
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
        out = new DataOutputStream(
                new java.io.BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.APPEND), 1 << 16));
    }

    synchronized List<String> entries() {
        return List.copyOf(entries);
    }

    synchronized boolean contains(String entry) {
        return known.contains(entry);
    }

    synchronized int count() {
        return entries.size();
    }

    @Override
    public synchronized LogPosition applied() {
        return persisted;
    }

    synchronized LogPosition reached() {
        return applied;
    }

    @Override
    public synchronized LogPosition persist() {
        try {
            out.flush();
            persisted = applied;
            return persisted;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void apply(List<Committed> batch) {
        try {
            for (Committed committed : batch) {
                if (committed.position().index() <= applied.index()) {
                    throw new IllegalStateException("entry " + committed.position() + " came twice");
                }
                String text = committed.entry().utf8();
                if (text.isEmpty()) {
                    applied = committed.position();
                    continue; // a nudge, which every machine passes over
                }
                out.writeLong(committed.position().term());
                out.writeLong(committed.position().index());
                out.writeUTF(text);
                entries.add(text);
                known.add(text);
                applied = committed.position();
                var waiting = awaited.remove(text);
                if (waiting != null) {
                    waiting.complete(null);
                }
            }
            batches.add(batch.size());
            notifyAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void leadershipChanged(Leadership leadership) {
        leaderships.add(leadership);
    }

    @Override
    public void membersChanged(List<Member> now) {
        members = now;
    }

    @Override
    public synchronized LogPosition saveSnapshot(Path folder) {
        try {
            persist();
            Files.copy(file, folder.resolve("journal"));
            return applied;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void loadSnapshot(Path folder) {
        try {
            out.close();
            Files.copy(folder.resolve("journal"), file, StandardCopyOption.REPLACE_EXISTING);
            read();
            loaded = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void failed(String reason, Throwable cause) {
        failures.add(reason + ": " + cause.getMessage());
    }

    private final Map<String, CompletableFuture<Void>> awaited = new ConcurrentHashMap<>();

    void writeAndWait(JRaftLog log, String entry) {
        var applied = new CompletableFuture<Void>();
        awaited.put(entry, applied);
        log.propose(new TestProposal(entry));
        applied.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
