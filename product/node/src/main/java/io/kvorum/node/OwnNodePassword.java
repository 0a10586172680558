package io.kvorum.node;

import io.kvorum.pki.PkiException;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import io.kvorum.supervisor.NodePasswords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the name of this server's node for this machine, so that nobody who has an agent's token may come as it. Done once
 * after the start, on a virtual thread.
 */
final class OwnNodePassword implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OwnNodePassword.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Path file;
    private final NodePasswords passwords;
    private final String nodeName;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param file {@code /etc/rancher/node/password} */
    OwnNodePassword(Path file, NodePasswords passwords, String nodeName) {
        this.file = file;
        this.passwords = passwords;
        this.nodeName = nodeName;
        Thread.ofVirtual().name("node-password").start(this::run);
    }

    private void run() {
        try {
            while (!isNoted() && !closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atDebug().log("this node's password is not noted yet");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isNoted() {
        try {
            String password = password();
            if (!passwords.admits(nodeName, password)) {
                // a server is trusted with every name: this machine was set up anew
                passwords.replace(nodeName, password);
            }
            return true;
        } catch (IOException | UncheckedIOException | PkiException e) {
            LOG.atDebug().setCause(e).log("this node's password cannot be noted now");
            return false;
        }
    }

    private String password() throws IOException {
        if (!Files.exists(file)) {
            SecretFile.write(file, ServerToken.newPassword() + "\n", "rw-------");
        }
        return Files.readString(file).strip();
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
