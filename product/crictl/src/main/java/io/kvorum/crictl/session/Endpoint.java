package io.kvorum.crictl.session;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where a container runtime listens: a unix socket. */
public record Endpoint(Path socket) {
    private static final String SCHEME = "unix://";

    /** Reads {@code unix:///path}, or a bare path. */
    public static Endpoint parse(String text) {
        if (text.startsWith(SCHEME + "/")) {
            return new Endpoint(Path.of(text.substring(SCHEME.length())));
        }
        if (text.startsWith("/")) {
            return new Endpoint(Path.of(text));
        }
        throw new Failure(
                "the endpoint \"%s\" cannot be used: give a socket as unix:///run/k3s/containerd/containerd.sock"
                        .formatted(text));
    }

    /** Why nobody can be reached there; empty when somebody listens. */
    public Optional<String> obstacle() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException failure) {
            return Optional.of("cannot connect to the container runtime at %s: %s".formatted(this, reason(failure)));
        }
    }

    private String reason(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof AccessDeniedException || text.contains("Permission denied")) {
            return "permission denied; run this as root";
        }
        if (!Files.exists(socket)) {
            return "there is no such socket; is the server or agent running?";
        }
        return text;
    }

    @Override
    public String toString() {
        return SCHEME + socket;
    }
}
