package io.kvorum.crictl.stream;

import io.kvorum.crictl.session.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A command in a container, or the container's own process, talked to over a connection of its own: its input, output and
 * errors are streams, and so are its end and the size of its terminal.
 */
public final class RemoteCommand {
    private static final String PROTOCOL = "v4.channel.k8s.io";
    private static final int CHUNK = 8 << 10;
    private static final long LOOK_MILLIS = 200;

    private final URI url;
    private final OutputStream out;
    private final OutputStream err;
    private volatile boolean left;

    public RemoteCommand(URI url, OutputStream out, OutputStream err) {
        this.url = url;
        this.out = out;
        this.err = err;
    }

    /** Returns the exit code when the command has ended and all that it wrote has been passed on. */
    public int run(Optional<InputStream> input, Optional<RawTerminal> terminal) throws InterruptedException {
        try (SpdyConnection connection = SpdyConnection.open(url, PROTOCOL)) {
            ByteArrayOutputStream verdict = new ByteArrayOutputStream();
            List<SpdyStream> awaited = new ArrayList<>();
            awaited.add(connection.open(type("error"), new Passing(verdict)));
            Optional<SpdyStream> stdin = Optional.empty();
            if (input.isPresent()) {
                stdin = Optional.of(connection.open(type("stdin"), StreamSink.none()));
            }
            awaited.add(connection.open(type("stdout"), new Passing(out)));
            if (terminal.isPresent()) {
                SpdyStream sizes = connection.open(type("resize"), StreamSink.none());
                Thread.ofVirtual().name("resize").start(() -> terminal.get().follow(size -> resize(sizes, size)));
            } else {
                awaited.add(connection.open(type("stderr"), new Passing(err)));
            }
            // input that came before the other streams are open would be answered into streams that are not there
            if (stdin.isPresent()) {
                SpdyStream opened = stdin.get();
                Thread.ofVirtual().name("stdin").start(() -> pump(input.get(), opened));
            }
            for (SpdyStream each : awaited) {
                // a command may run for as long as it likes
                while (!each.awaitEnd(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (left) {
                        return 0;
                    }
                }
            }
            out.flush();
            err.flush();
            return exitCode(verdict.toString(java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new Failure(
                    "the command cannot be talked to at %s: %s".formatted(url.getAuthority(), failure.getMessage()));
        }
    }

    /** Ends {@link #run} while the command goes on; any thread. */
    public void leave() {
        left = true;
    }

    private static Map<String, String> type(String name) {
        return Map.of("streamtype", name);
    }

    private static void pump(InputStream input, SpdyStream stdin) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int length = input.read(chunk); length >= 0; length = input.read(chunk)) {
                stdin.send(chunk, length);
            }
            stdin.finish();
        } catch (IOException gone) {
            // the command has ended, or the terminal is gone: the error stream says how it went
        }
    }

    private static void resize(SpdyStream sizes, TerminalSize size) throws IOException {
        byte[] text = "{\"Width\":%d,\"Height\":%d}\n"
                .formatted(size.columns(), size.rows())
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        sizes.send(text, text.length);
    }

    /** Reads the status that closes a command, such as {@code {"status":"Failure","reason":"NonZeroExitCode",...}}. */
    static int exitCode(String verdict) {
        if (verdict.isBlank()) {
            throw new Failure("the connection to the command was lost");
        }
        JsonNode status;
        try {
            status = JsonMapper.shared().readTree(verdict);
        } catch (JacksonException plainText) {
            throw new Failure(verdict.strip());
        }
        if (status.path("status").asString("").equals("Success")) {
            return 0;
        }
        if (status.path("reason").asString("").equals("NonZeroExitCode")) {
            for (JsonNode cause : status.path("details").path("causes").values()) {
                if (cause.path("reason").asString("").equals("ExitCode")) {
                    return Integer.parseInt(cause.path("message").asString("1"));
                }
            }
        }
        throw new Failure(status.path("message").asString(verdict.strip()));
    }

    /** Passes everything on at once, so that a prompt without a line break is seen. */
    private record Passing(OutputStream to) implements StreamSink {
        @Override
        public void accept(byte[] bytes) throws IOException {
            to.write(bytes);
            to.flush();
        }

        @Override
        public void end() {}
    }
}
