package io.kvorum.agent.join;

import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** What proves that this machine is the one that took this node's name first; kept where K3s keeps it. */
public final class NodePassword {
    private static final int BYTES = 16;

    private NodePassword() {}

    /** Reads it, or makes it up. */
    public static String ensure(Path file) {
        try {
            if (Files.exists(file)) {
                String present = Files.readString(file).strip();
                if (!present.isEmpty()) {
                    return present;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the node's password " + file, e);
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String fresh = HexFormat.of().formatHex(random);
        SecretFile.write(file, fresh + "\n", "rw-------");
        return fresh;
    }
}
