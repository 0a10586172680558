package io.kvorum.node;

import io.kvorum.pki.Pem;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The token file of a server, and the links that K3s puts beside it. */
final class JoinToken {
    private JoinToken() {}

    /**
     * Reads the token, or makes it: from what the operator gave, else from chance.
     *
     * @param given a password or a whole token; null for none
     * @throws StartFailure when the cluster was made with another token
     */
    static ServerToken ensure(Path serverFolder, @Nullable String given, String serverCaPem) {
        Path file = serverFolder.resolve("token");
        ServerToken wanted = given == null ? null : ServerToken.parse(given);
        String hash = ServerToken.hash(serverCaPem);
        if (wanted != null && wanted.caHash() != null && !isPinned(wanted.caHash(), serverCaPem)) {
            throw new StartFailure("the given token pins another cluster's authority; this server's is " + hash);
        }
        ServerToken present = present(file);
        if (present != null && wanted != null && !present.hasPassword(wanted.password())) {
            throw new StartFailure("this cluster was made with another token, which stands in %s; start with that one"
                    .formatted(file));
        }
        String password =
                present != null ? present.password() : wanted != null ? wanted.password() : ServerToken.newPassword();
        var token = new ServerToken(hash, "server", password);
        if (present == null || !token.equals(present)) {
            SecretFile.write(file, token.secureForm() + "\n", "rw-------");
        }
        link(serverFolder.resolve("node-token"), file);
        return token;
    }

    /**
     * Shows the token that agents may be given: one of their own, or else the server's.
     *
     * @param given a password or a whole token; null for none
     */
    static void showForAgents(Path serverFolder, @Nullable String given, ServerToken token) {
        Path file = serverFolder.resolve("agent-token");
        try {
            if (given == null) {
                if (!Files.isSymbolicLink(file)) {
                    Files.deleteIfExists(file);
                }
                link(file, serverFolder.resolve("token"));
            } else {
                Files.deleteIfExists(file); // the link, through which the server's token would be overwritten
                var own = new ServerToken(
                        token.caHash(), "node", ServerToken.parse(given).password());
                SecretFile.write(file, own.secureForm() + "\n", "rw-------");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Also by a token from before the authority was exchanged for one that it vouches for. */
    private static boolean isPinned(String hash, String serverCaPem) {
        return hash.equalsIgnoreCase(ServerToken.hash(serverCaPem))
                || Pem.certificatesIn(serverCaPem).stream()
                        .anyMatch(one -> hash.equalsIgnoreCase(ServerToken.hash(Pem.encode(List.of(one)))));
    }

    private static @Nullable ServerToken present(Path file) {
        try {
            if (!Files.exists(file)) {
                return null;
            }
            SecretFile.refuseIfReadableByOthers(file);
            return ServerToken.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static void link(Path link, Path target) {
        try {
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot link " + link, e);
        }
    }
}
