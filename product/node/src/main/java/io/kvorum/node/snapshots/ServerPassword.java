package io.kvorum.node.snapshots;

import io.kvorum.pki.PkiException;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The password in a server's token. Stateless. */
public final class ServerPassword {
    private ServerPassword() {}

    /**
     * That of the token given, else of the one in the server's folder; empty when there is neither.
     *
     * @throws SnapshotRefused when the token cannot be read
     */
    public static Optional<String> of(Path serverFolder, @Nullable String given) {
        Path file = serverFolder.resolve("token");
        try {
            if (given != null) {
                return Optional.of(ServerToken.parse(given).password());
            }
            return Files.exists(file)
                    ? Optional.of(ServerToken.parse(Files.readString(file)).password())
                    : Optional.empty();
        } catch (IOException | PkiException e) {
            throw new SnapshotRefused(
                    "the cluster's token cannot be read (%s): %s"
                            .formatted(given == null ? file : "--token", e.getMessage()),
                    e);
        }
    }
}
