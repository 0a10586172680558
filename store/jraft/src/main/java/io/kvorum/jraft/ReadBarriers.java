package io.kvorum.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.kvorum.raft.LogUnavailable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Learns from the leader how far every earlier acknowledged entry goes at most. Any thread. */
final class ReadBarriers {
    private final Node node;
    private final LongSupplier applied;
    private final BooleanSupplier isRemoved;
    private final Function<String, LogUnavailable> noQuorum;

    /** @param noQuorum the refusal, told what the library said last */
    ReadBarriers(
            Node node, LongSupplier applied, BooleanSupplier isRemoved, Function<String, LogUnavailable> noQuorum) {
        this.node = node;
        this.applied = applied;
        this.isRemoved = isRemoved;
        this.noQuorum = noQuorum;
    }

    /** Tries again until the deadline: during an election, or before a new leader's first entry is committed. */
    long await(Deadline deadline) {
        while (true) {
            if (isRemoved.getAsBoolean()) {
                throw noQuorum.apply("removed");
            }
            var closure = new BarrierClosure();
            askHowFar(closure);
            try {
                Barrier barrier = closure.ended.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
                if (barrier.status().isOk()) {
                    // the library has applied up to there; behind the machine's last entry only its own ones can stand
                    return Math.min(barrier.index(), applied.getAsLong());
                }
                if (deadline.isOver()) {
                    throw noQuorum.apply(barrier.status().getErrorMsg());
                }
                deadline.pause("learn which entries are acknowledged: "
                        + barrier.status().getErrorMsg());
            } catch (TimeoutException _) {
                throw noQuorum.apply("no answer in time");
            } catch (InterruptedException e) {
                throw deadline.interrupted("learn which entries are acknowledged", e);
            } catch (ExecutionException e) {
                throw new LogUnavailable("could not learn which entries are acknowledged", e);
            }
        }
    }

    private void askHowFar(BarrierClosure closure) {
        try {
            node.readIndex(new byte[0], closure);
        } catch (IllegalStateException e) {
            throw noQuorum.apply(String.valueOf(e.getMessage())); // it stops
        }
    }

    private record Barrier(Status status, long index) {}

    /** The library may call it twice; the first call counts. */
    private static final class BarrierClosure extends ReadIndexClosure {
        private final CompletableFuture<Barrier> ended = new CompletableFuture<>();

        BarrierClosure() {
            super(-1); // no timer of the library's: the caller has a deadline
        }

        @Override
        public void run(Status status, long index, byte @Nullable [] context) {
            ended.complete(new Barrier(status, index));
        }
    }
}
