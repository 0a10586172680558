package io.kvorum.etcdserver;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
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

    /** An answer to a caller who has gone away goes nowhere, instead of being a failure of ours. */
    static void outliveCaller(StreamObserver<?> caller) {
        if (caller instanceof ServerCallStreamObserver<?> call) {
            call.setOnCancelHandler(() -> {});
        }
    }
}
