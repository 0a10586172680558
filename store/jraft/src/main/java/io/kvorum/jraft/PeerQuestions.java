package io.kvorum.jraft;

import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.google.protobuf.Message;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Answers one kind of this product's own messages; called on the executor, which must be bounded. */
record PeerQuestions<Q extends Message>(Class<Q> type, Executor executor, BiConsumer<Q, Consumer<Message>> answering)
        implements RpcProcessor<Q> {
    @Override
    public void handleRequest(RpcContext context, Q request) {
        answering.accept(request, context::sendResponse);
    }

    @Override
    public String interest() {
        return type.getName();
    }
}
