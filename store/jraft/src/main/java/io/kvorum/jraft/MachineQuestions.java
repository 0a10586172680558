package io.kvorum.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.jraft.wire.proto.MachineRequest;
import io.kvorum.jraft.wire.proto.MachineResponse;
import io.kvorum.model.Bytes;
import io.kvorum.raft.LogUnavailable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one member's state machine asks another's, beside the log. Any thread. */
final class MachineQuestions {
    private static final Logger LOG = LoggerFactory.getLogger(MachineQuestions.class);
    /** Answered at once; more go unanswered, and whoever asks comes again. */
    private static final int MOST_AT_ONCE = 2;

    private final UnaryOperator<Bytes> answering;
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    MachineQuestions(UnaryOperator<Bytes> answering) {
        this.answering = answering;
    }

    void answer(MachineRequest request, Consumer<Message> reply) {
        if (!free.tryAcquire()) {
            return;
        }
        Thread.ofVirtual().name("machine-question").start(() -> {
            try {
                Bytes answer =
                        answering.apply(Bytes.copyOf(request.getQuestion().asReadOnlyByteBuffer()));
                ByteString bytes = UnsafeByteOperations.unsafeWrap(answer.asReadOnlyBuffer());
                reply.accept(MachineResponse.newBuilder().setAnswer(bytes).build());
            } catch (RuntimeException e) {
                LOG.atDebug().setCause(e).log("a question of another member stays without an answer");
            } finally {
                free.release();
            }
        });
    }

    static Bytes ask(PeerClient client, String selfName, PeerId peer, Bytes question, Deadline deadline) {
        var request = MachineRequest.newBuilder()
                .setServerId(selfName)
                .setQuestion(UnsafeByteOperations.unsafeWrap(question.asReadOnlyBuffer()))
                .build();
        try {
            Message answer = client.ask(peer, request, deadline.remaining())
                    .get(deadline.remaining().toMillis() + 100, TimeUnit.MILLISECONDS);
            if (answer instanceof MachineResponse response) {
                return Bytes.copyOf(response.getAnswer().asReadOnlyByteBuffer());
            }
            throw new LogUnavailable("member %s answered with: %s".formatted(PeerName.id(peer), answer));
        } catch (InterruptedException e) {
            throw deadline.interrupted("ask member " + PeerName.id(peer), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LogUnavailable("member %s does not answer: %s".formatted(PeerName.id(peer), e.getMessage()), e);
        }
    }
}
