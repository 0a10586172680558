package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A log of one member in one file, on stable storage before it is applied: enough to be killed at any moment. */
final class DurableLog implements ReplicatedLog {
    private static final MemberId SELF = new MemberId(1);

    private final FileChannel file;
    private final List<StateMachine.Committed> old = new ArrayList<>();
    private final BlockingQueue<Proposal> waiting = new ArrayBlockingQueue<>(1000);
    private long lastIndex;
    private long term;
    private @Nullable Thread worker;
    private volatile boolean isClosed;

    DurableLog(Path path) {
        try {
            if (Files.exists(path)) {
                read(ByteBuffer.wrap(Files.readAllBytes(path)));
            }
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            file.truncate(length());
            file.position(file.size());
            term++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(ByteBuffer all) {
        try {
            while (all.hasRemaining()) {
                byte[] entry = new byte[all.getInt()];
                long itsTerm = all.getLong();
                long crc = all.getLong();
                all.get(entry);
                if (crc != crc(entry)) {
                    return;
                }
                term = itsTerm;
                lastIndex++;
                old.add(new StateMachine.Committed(new LogPosition(term, lastIndex), Bytes.wrap(entry)));
            }
        } catch (BufferUnderflowException e) {
            // The tail that the kill tore.
        }
    }

    private long length() {
        return old.stream().mapToLong(entry -> entry.entry().length() + 20L).sum();
    }

    private static long crc(byte[] entry) {
        CRC32C crc = new CRC32C();
        crc.update(entry);
        return crc.getValue();
    }

    @Override
    public void start(StateMachine machine) {
        long applied = machine.applied().index();
        machine.apply(
                old.stream().filter(entry -> entry.position().index() > applied).toList());
        machine.leadershipChanged(leadership());
        worker = Thread.ofPlatform().daemon().start(() -> run(machine));
    }

    private void run(StateMachine machine) {
        try {
            while (!isClosed) {
                Proposal first = waiting.poll(50, TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<Proposal> batch = new ArrayList<>(List.of(first));
                    waiting.drainTo(batch, 100);
                    machine.apply(append(batch));
                }
            }
        } catch (IOException | InterruptedException e) {
            machine.failed("the log failed", e);
        }
    }

    private List<StateMachine.Committed> append(List<Proposal> batch) throws IOException {
        List<StateMachine.Committed> committed = new ArrayList<>();
        for (Proposal proposal : batch) {
            byte[] entry = proposal.entry().toByteArray();
            ByteBuffer record = ByteBuffer.allocate(20 + entry.length);
            file.write(record.putInt(entry.length)
                    .putLong(term)
                    .putLong(crc(entry))
                    .put(entry)
                    .flip());
            committed.add(new StateMachine.Committed(new LogPosition(term, ++lastIndex), proposal.entry()));
        }
        file.force(false);
        return committed;
    }

    @Override
    public MemberId self() {
        return SELF;
    }

    @Override
    public Leadership leadership() {
        return new Leadership(term, SELF, true);
    }

    @Override
    public void propose(Proposal proposal) {
        if (!waiting.offer(proposal)) {
            proposal.refused(new Proposal.Refusal.Busy());
        }
    }

    @Override
    public long readBarrier(Duration deadline) {
        return 0;
    }

    @Override
    public List<Member> members() {
        return List.of();
    }

    @Override
    public void addLearner(Member learner, Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void promote(MemberId learner, Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void remove(MemberId member, Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void transferLeadership(MemberId to, Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resetToSelf(Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void requestSnapshot() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            if (worker != null) {
                worker.join();
            }
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
