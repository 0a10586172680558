package io.kvorum.jetcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a client saw, a line a step, without what must differ between clusters; used by one thread. */
final class Transcript {
    private static final long SECONDS = 20;

    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return lines;
    }

    void note(String step, Object seen) {
        lines.add(step + ": " + seen);
    }

    /** Waits for the answer, notes what is to be seen of it, or how it was refused; null then. */
    <T> @Nullable T step(String step, CompletableFuture<T> call, Function<T, Object> shown) {
        try {
            T answer = call.get(SECONDS, TimeUnit.SECONDS);
            note(step, shown.apply(answer));
            return answer;
        } catch (ExecutionException e) {
            note(step, "refused " + refusal(e));
        } catch (TimeoutException e) {
            note(step, "no answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return null;
    }

    /** The client wraps what the server said, more or less deep. */
    static String refusal(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !isStatus(cause)) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static boolean isStatus(Throwable failure) {
        return failure instanceof StatusRuntimeException || failure instanceof StatusException;
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    static String text(KeyValue item) {
        return "%s=%s c%d m%d v%d%s"
                .formatted(
                        text(item.getKey()),
                        text(item.getValue()),
                        item.getCreateRevision(),
                        item.getModRevision(),
                        item.getVersion(),
                        item.getLease() == 0 ? "" : " leased");
    }

    static List<String> texts(List<KeyValue> items) {
        return items.stream().map(Transcript::text).toList();
    }
}
