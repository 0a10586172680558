package io.kvorum.apiserver.http;

import io.kvorum.apimachinery.status.ApiException;
import java.util.List;
import java.util.concurrent.Semaphore;

/** How many short requests may be answered at the same time, reading and changing ones apart; any thread. */
public final class InFlightLimits {
    private static final List<String> READING = List.of("get", "list", "watch", "head", "options");

    private final Semaphore reading;
    private final Semaphore mutating;
    private final int maxReading;
    private final int maxMutating;

    public InFlightLimits(int maxReading, int maxMutating) {
        this.reading = new Semaphore(maxReading);
        this.mutating = new Semaphore(maxMutating);
        this.maxReading = maxReading;
        this.maxMutating = maxMutating;
    }

    /**
     * A place for one request; close it when it is answered.
     *
     * @param isExempt for administrators, whose way in must stay open whatever else goes on
     * @throws ApiException 429 when there is none
     */
    public Place enter(RequestInfo request, boolean isExempt) {
        if (LongRunning.is(request) || isExempt) {
            return () -> {};
        }
        Semaphore places = READING.contains(request.verb()) ? reading : mutating;
        if (!places.tryAcquire()) {
            throw ApiException.tooManyRequests("Too many requests, please try again later.", 1);
        }
        return places::release;
    }

    public int readingNow() {
        return maxReading - reading.availablePermits();
    }

    public int mutatingNow() {
        return maxMutating - mutating.availablePermits();
    }

    /** Held while a request is answered. */
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
