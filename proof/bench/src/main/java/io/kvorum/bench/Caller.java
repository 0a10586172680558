package io.kvorum.bench;

import io.grpc.stub.StreamObserver;

/** One client of the load: has at most one request under way. Used by one thread at a time. */
@FunctionalInterface
interface Caller {
    /** Sends a request; the ending is told exactly once, from any thread. */
    void call(Ending ending);

    /** How a request ended. */
    interface Ending {
        void succeeded();

        void failed(Throwable reason);
    }

    /** The one answer to a request. */
    final class Reply<T> implements StreamObserver<T> {
        private final Ending ending;

        Reply(Ending ending) {
            this.ending = ending;
        }

        @Override
        public void onNext(T answer) {
            // The load does not look at it.
        }

        @Override
        public void onError(Throwable reason) {
            ending.failed(reason);
        }

        @Override
        public void onCompleted() {
            ending.succeeded();
        }
    }
}
