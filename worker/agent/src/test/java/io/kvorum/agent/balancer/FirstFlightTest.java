package io.kvorum.agent.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class FirstFlightTest {
    private static final int HANDSHAKE = 22;

    @Test
    void aHelloThatArrivesByteByByteIsTakenWhole() throws IOException {
        byte[] hello = record(message(300));

        assertThat(FirstFlight.read(byteByByte(hello))).isEqualTo(hello);
    }

    @Test
    void aHelloInSeveralRecordsIsTakenWhole() throws IOException {
        byte[] message = message(300);
        byte[] hello = joined(
                record(java.util.Arrays.copyOfRange(message, 0, 100)),
                record(java.util.Arrays.copyOfRange(message, 100, 250)),
                record(java.util.Arrays.copyOfRange(message, 250, message.length)));

        assertThat(FirstFlight.read(byteByByte(hello))).isEqualTo(hello);
    }

    @Test
    void whatFollowsTheHelloIsLeftForLater() throws IOException {
        byte[] hello = record(message(50));
        var in = new ByteArrayInputStream(joined(hello, new byte[] {1, 2, 3}));

        assertThat(FirstFlight.read(in)).isEqualTo(hello);
        assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsNoTlsIsPassedOnAsItCame() throws IOException {
        assertThat(FirstFlight.read(new ByteArrayInputStream("GET".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .isEqualTo("GET");
    }

    @Test
    void aClientThatLeavesInTheMiddleHasSaidNothing() {
        byte[] hello = record(message(50));

        assertThatThrownBy(() -> FirstFlight.read(new ByteArrayInputStream(hello, 0, 20)))
                .isInstanceOf(EOFException.class);
    }

    private static byte[] message(int length) {
        byte[] message = new byte[4 + length];
        message[0] = 1;
        message[2] = (byte) (length >> 8);
        message[3] = (byte) length;
        for (int i = 4; i < message.length; i++) {
            message[i] = (byte) i;
        }
        return message;
    }

    private static byte[] record(byte[] content) {
        return joined(new byte[] {HANDSHAKE, 3, 1, (byte) (content.length >> 8), (byte) content.length}, content);
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static InputStream byteByByte(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(1, length));
            }
        };
    }
}
