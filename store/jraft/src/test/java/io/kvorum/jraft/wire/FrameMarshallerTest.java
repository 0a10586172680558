package io.kvorum.jraft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.StatusRuntimeException;
import io.kvorum.jraft.wire.proto.ForwardRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class FrameMarshallerTest {
    private final FrameMarshaller marshaller = new FrameMarshaller();
    private final Frame frame = new Frame(
            77,
            ForwardRequest.newBuilder()
                    .setServerId("a")
                    .setEntry(ByteString.copyFromUtf8("e".repeat(100_000)))
                    .build());

    private byte[] bytes() throws IOException {
        return marshaller.stream(frame).readAllBytes();
    }

    @Test
    void aFrameIsReadAsItWasWritten() throws IOException {
        assertThat(marshaller.parse(new ByteArrayInputStream(bytes()))).isEqualTo(frame);
    }

    @Test
    void aFrameHandsItselfOverInOnePiece() throws IOException {
        InputStream stream = marshaller.stream(frame);
        var target = new ByteArrayOutputStream();

        int length = ((Drainable) stream).drainTo(target);

        assertThat(target.toByteArray()).isEqualTo(bytes()).hasSize(length);
        assertThat(stream.read()).isNegative();
    }

    @Test
    void aFrameThatIsCutOffIsRefused() throws IOException {
        byte[] whole = bytes();

        for (int length : new int[] {0, 8, 9 + 2, whole.length - 1}) {
            assertThatThrownBy(() -> marshaller.parse(new ByteArrayInputStream(whole, 0, length)))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("cannot be read");
        }
    }
}
