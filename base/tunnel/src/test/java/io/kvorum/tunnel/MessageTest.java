package io.kvorum.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {
    @Test
    void aMessageLooksAsK3sAgentsExpectIt() throws IOException {
        // number 3, connection 2, kind 2, a deadline of 15000 ms, and where to
        byte[] encoded = Message.of(Message.CONNECT, 2, "tcp/127.0.0.1:10250").encode(3);

        assertThat(HexFormat.of().formatHex(encoded))
                .isEqualTo("060404b0ea01"
                        + HexFormat.of().formatHex("tcp/127.0.0.1:10250".getBytes(StandardCharsets.UTF_8)));
        Message read = Message.decode(encoded);
        assertThat(read.kind()).isEqualTo(Message.CONNECT);
        assertThat(read.connection()).isEqualTo(2);
        assertThat(read.text()).isEqualTo("tcp/127.0.0.1:10250");
    }

    @Test
    void numbersOfEverySizeComeBackAsTheyWere() throws IOException {
        for (long number : List.of(0L, 1L, -1L, 63L, 64L, -64L, -65L, Long.MAX_VALUE, Long.MIN_VALUE)) {
            Message read = Message.decode(new Message(Message.ERROR, number, new byte[] {7}).encode(Long.MIN_VALUE));

            assertThat(read.connection()).isEqualTo(number);
            assertThat(read.body()).containsExactly(7);
        }
    }

    @Test
    void aListOfConnectionsIsNumbersOfEightBytes() throws IOException {
        Message list = Message.connections(List.of(2L, 258L));

        assertThat(list.body()).containsExactly(2, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0);
        assertThat(list.listed()).containsExactly(2L, 258L);
    }

    @Test
    void aMessageThatIsCutOffIsRefused() {
        assertThatThrownBy(() -> Message.decode(new byte[] {6, (byte) 0x84})).isInstanceOf(IOException.class);
    }

    @Test
    void aFrameOfEverySizeIsReadAsItWasWritten() throws IOException {
        for (int size : List.of(0, 1, 125, 126, 65_535, 65_536)) {
            byte[] payload = new byte[size];
            java.util.Arrays.fill(payload, (byte) size);
            var frame = new Frame(Frame.BINARY, true, payload);

            for (byte[] encoded : List.of(frame.encode(null), frame.encode(new byte[] {1, 2, 3, 4}))) {
                Frame read = Frame.read(new DataInputStream(new ByteArrayInputStream(encoded)));
                assertThat(read.kind()).isEqualTo(Frame.BINARY);
                assertThat(read.isLast()).isTrue();
                assertThat(read.payload()).isEqualTo(payload);
            }
        }
    }

    @Test
    void aFrameThatNobodySendsIsRefusedBeforeItIsRead() {
        byte[] huge = {(byte) 0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0};

        assertThatThrownBy(() -> Frame.read(new DataInputStream(new ByteArrayInputStream(huge))))
                .hasMessageContaining("1048576");
    }

    @Test
    void theProofOfTheProtocolIsTheStandardsOwnExample() {
        assertThat(WebSocketKey.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
