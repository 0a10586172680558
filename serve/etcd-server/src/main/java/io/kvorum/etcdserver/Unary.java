package io.kvorum.etcdserver;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.StoreException;
import java.util.function.Supplier;

/** Answers a call that has one answer: with it, or with the reason why there is none. Any thread. */
final class Unary {
    private Unary() {}

    static <T> void answer(StreamObserver<T> caller, Supplier<T> work) {
        outliveCaller(caller);
        T answer;
        try {
            answer = work.get();
        } catch (RuntimeException e) {
            caller.onError(Failures.answer(e));
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }

    /**
     * As in etcd, whose locks and elections are made by a client inside the server: the texts of refusals are the same,
     * but their codes get lost.
     */
    static <T> void answerAsClient(StreamObserver<T> caller, Supplier<T> work) {
        answer(caller, () -> {
            try {
                return work.get();
            } catch (StoreException e) {
                throw Status.UNKNOWN
                        .withDescription(Failures.answer(e).getStatus().getDescription())
                        .asRuntimeException();
            }
        });
    }

    /** An answer to a caller who has gone away goes nowhere, instead of being a failure of ours. */
    static void outliveCaller(StreamObserver<?> caller) {
        if (caller instanceof ServerCallStreamObserver<?> call) {
            call.setOnCancelHandler(() -> {});
        }
    }
}
