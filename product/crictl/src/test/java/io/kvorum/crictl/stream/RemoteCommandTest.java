package io.kvorum.crictl.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.crictl.session.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands over SPDY. */
@Timeout(30)
class RemoteCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String url, Optional<String> input) throws InterruptedException {
        Optional<InputStream> stdin = input.map(text -> new ByteArrayInputStream(text.getBytes(UTF_8)));
        return new RemoteCommand(URI.create(url), out, err).run(stdin, Optional.empty());
    }

    @Test
    void aCommandLearnsThatItsInputIsOver() throws Exception {
        try (StreamingServer server = new StreamingServer(0, true)) {
            String input = "line of text\n".repeat(5000);

            int exitCode = run(server.url(), Optional.of(input));

            assertThat(exitCode).isZero();
            assertThat(out.toString(UTF_8)).isEqualTo(input.toUpperCase(java.util.Locale.ROOT));
            assertThat(err.toString(UTF_8)).isEqualTo("began\n");
            assertThat(server.protocol()).isEqualTo("v4.channel.k8s.io");
        }
    }

    @Test
    void theExitCodeComesOnTheErrorStream() throws Exception {
        try (StreamingServer server = new StreamingServer(42, false)) {
            assertThat(run(server.url(), Optional.empty())).isEqualTo(42);
        }
    }

    @Test
    void aPingIsAnswered() throws Exception {
        CompletableFuture<Boolean> pongs = new CompletableFuture<>();
        try (StreamingServer server = new StreamingServer(0, true)) {
            PipedOutputStream keyboard = new PipedOutputStream();
            InputStream slow = new PipedInputStream(keyboard);
            Thread.ofVirtual().start(() -> {
                try (keyboard) {
                    pongs.complete(server.pong().await(10, TimeUnit.SECONDS));
                } catch (java.io.IOException | InterruptedException failure) {
                    pongs.completeExceptionally(failure);
                }
            });

            new RemoteCommand(URI.create(server.url()), out, err).run(Optional.of(slow), Optional.empty());

            assertThat(pongs.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aRefusalIsPassedOn() throws Exception {
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = door.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone".getBytes(UTF_8));
                    socket.getInputStream().readAllBytes();
                } catch (java.io.IOException gone) {
                    // the client has hung up
                }
            });

            assertThatThrownBy(() -> run("http://127.0.0.1:" + door.getLocalPort() + "/exec/x", Optional.empty()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("the streaming server refused: HTTP/1.1 404 Not Found");
        }
    }

    @Test
    void theVerdictOnACommandIsRead() {
        assertThat(RemoteCommand.exitCode("{\"status\":\"Success\"}")).isZero();
        assertThatThrownBy(() -> RemoteCommand.exitCode("{\"status\":\"Failure\",\"message\":\"no such file: foo\"}"))
                .hasMessage("no such file: foo");
        assertThatThrownBy(() -> RemoteCommand.exitCode("")).hasMessage("the connection to the command was lost");
    }

    @Test
    void twoKeysLeaveATerminal() throws Exception {
        boolean[] left = {false};
        byte[] keys = {'a', 16, 'b', 16, 17, 'c'};

        byte[] passed = new DetachKeys(new ByteArrayInputStream(keys), () -> left[0] = true).readAllBytes();

        assertThat(passed).containsExactly('a', 16, 'b');
        assertThat(left[0]).isTrue();
    }
}
