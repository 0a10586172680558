package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Wire;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code check perf}: writes at a given rate for a minute and judges throughput and delays. */
@Command(
        name = "perf",
        customSynopsis = "check perf [options]",
        description = "Check the performance of the etcd cluster")
final class CheckPerfCommand extends Act {
    private static final int KEY_BYTES = 10;
    private static final int VALUE_BYTES = 1024;
    private static final double SLOWEST_SECONDS = 0.5;
    private static final double STDDEV_SECONDS = 0.1;

    @Option(
            names = "--auto-compact",
            arity = "0..1",
            fallbackValue = "true",
            description = "Compact storage with last revision after test is finished.")
    private boolean compacts;

    @Option(
            names = "--auto-defrag",
            arity = "0..1",
            fallbackValue = "true",
            description = "Defragment storage after test is finished.")
    private boolean defragments;

    @Option(
            names = "--load",
            description =
                    "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)")
    private String load = "s";

    @Option(names = "--prefix", description = "The prefix for writing the performance check's keys.")
    private String prefix = "/etcdctl-check-perf/";

    @Option(names = "--seconds", hidden = true, description = "How long to write")
    private long seconds = 60;

    CheckPerfCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        PerformanceLoad wanted = PerformanceLoad.of(load);
        Span span = Span.prefix(ByteString.copyFromUtf8(prefix));
        refuseUsedPrefix(span);
        Delays delays = write(wanted);
        cleanUp(span);
        judge(wanted, delays);
    }

    private void refuseUsedPrefix(Span span) {
        RangeRequest any = RangeRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .setLimit(1)
                .build();
        if (session.read(channel -> kv(channel).range(any)).getKvsCount() > 0) {
            throw new Failure(
                    Failure.Code.INVALID_INPUT,
                    "prefix \"%s\" has keys. Delete with etcdctl del --prefix %s first.".formatted(prefix, prefix));
        }
    }

    /** All writers share one channel, as HTTP/2 allows; each takes the next slot of time and writes in it. */
    private Delays write(PerformanceLoad wanted) {
        Channel channel = session.wire().reachable();
        Delays delays = new Delays();
        AtomicInteger slots = new AtomicInteger();
        long start = System.nanoTime();
        long last = wanted.writesPerSecond() * seconds;
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < wanted.clients(); i++) {
                writers.submit(() -> {
                    for (int slot = slots.getAndIncrement(); slot < last; slot = slots.getAndIncrement()) {
                        long due = start + slot * TimeUnit.SECONDS.toNanos(1) / wanted.writesPerSecond();
                        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(seconds)) {
                            break;
                        }
                        writeOne(channel, slot, delays);
                    }
                    return delays;
                });
            }
        }
        return delays;
    }

    private void writeOne(Channel channel, int slot, Delays delays) {
        String key = prefix + "%0" + KEY_BYTES + "d";
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key.formatted(slot)))
                .setValue(ByteString.copyFrom(new byte[VALUE_BYTES]))
                .build();
        long begin = System.nanoTime();
        try {
            var _ = kv(channel).put(request);
            delays.add((System.nanoTime() - begin) / 1e9);
        } catch (StatusRuntimeException e) {
            delays.failed();
        }
    }

    private void cleanUp(Span span) {
        DeleteRangeRequest delete = DeleteRangeRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .build();
        DeleteRangeResponse deleted = session.write(channel -> kv(channel).deleteRange(delete));
        if (compacts) {
            CompactionRequest compact = CompactionRequest.newBuilder()
                    .setRevision(deleted.getHeader().getRevision())
                    .setPhysical(true)
                    .build();
            var _ = session.write(channel -> kv(channel).compact(compact));
            session.out()
                    .println("Compacted with revision " + deleted.getHeader().getRevision());
        }
        if (defragments) {
            for (String endpoint : session.flags().endpoints()) {
                try (Wire wire = session.connect(List.of(endpoint))) {
                    var _ = wire.write(
                            channel -> maintenance(channel).defragment(DefragmentRequest.getDefaultInstance()));
                    session.out().println("Defragmented \"" + endpoint + "\"");
                }
            }
        }
    }

    private void judge(PerformanceLoad wanted, Delays delays) {
        long rate = delays.count() / seconds;
        List<Boolean> verdicts = List.of(
                say(delays.failures() == 0, "", "FAIL: too many errors (" + delays.failures() + ")"),
                say(
                        rate > wanted.writesPerSecond() * 0.9,
                        "PASS: Throughput is %d writes/s".formatted(rate),
                        "FAIL: Throughput too low: %d writes/s".formatted(rate)),
                say(
                        delays.slowest() < SLOWEST_SECONDS,
                        text("PASS: Slowest request took %fs", delays.slowest()),
                        text("Slowest request took too long: %fs", delays.slowest())),
                say(
                        delays.deviation() < STDDEV_SECONDS,
                        text("PASS: Stddev is %fs", delays.deviation()),
                        text("Stddev too high: %fs", delays.deviation())));
        boolean good = !verdicts.contains(false);
        session.out().println(good ? "PASS" : "FAIL");
        if (!good) {
            throw Failure.silent(Failure.Code.ERROR.number());
        }
    }

    private boolean say(boolean good, String praise, String blame) {
        String text = good ? praise : blame;
        if (!text.isEmpty()) {
            session.out().println(text);
        }
        return good;
    }

    private static String text(String format, double seconds) {
        return String.format(Locale.ROOT, format, seconds);
    }

    /** Sums of what the writers measured. Any thread. */
    private static final class Delays {
        private final LongAdder count = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private double sum;
        private double squares;
        private double slowest;

        synchronized void add(double delay) {
            count.increment();
            sum += delay;
            squares += delay * delay;
            slowest = Math.max(slowest, delay);
        }

        void failed() {
            failures.increment();
        }

        long count() {
            return count.sum();
        }

        long failures() {
            return failures.sum();
        }

        synchronized double slowest() {
            return slowest;
        }

        synchronized double deviation() {
            double mean = sum / Math.max(1, count.sum());
            return Math.sqrt(Math.max(0, squares / Math.max(1, count.sum()) - mean * mean));
        }
    }
}
