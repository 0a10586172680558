package io.kvorum.node;

import io.kvorum.pki.LeafFiles;
import io.kvorum.supervisor.BootstrapFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/** A server's authorities as they lie on its disk, with what they have signed. One thread, under the data folder's lock. */
final class OwnAuthorities {
    private OwnAuthorities() {}

    /**
     * Puts others in their place; the old ones are kept beside them, and the start makes certificates of the new ones.
     *
     * @param document as servers give it to each other
     * @param afterStep hears of every change on the disk
     */
    static void replace(Path serverFolder, Path agentFolder, byte[] document, Instant now, Runnable afterStep)
            throws IOException {
        Path tls = serverFolder.resolve("tls");
        if (Files.exists(tls)) {
            Files.move(tls, free(serverFolder, "tls-", now), StandardCopyOption.ATOMIC_MOVE);
            afterStep.run();
        }
        new BootstrapFiles(serverFolder).write(document);
        afterStep.run();
        for (String leaf : List.of("client-kubelet", "serving-kubelet", "client-kube-proxy")) {
            var files = new LeafFiles(agentFolder, leaf);
            Files.deleteIfExists(files.certificateFile());
            Files.deleteIfExists(files.keyFile());
            afterStep.run();
        }
    }

    /** A name that nothing has yet, by the second. */
    static Path free(Path folder, String prefix, Instant now) {
        long seconds = now.getEpochSecond();
        while (Files.exists(folder.resolve(prefix + seconds))) {
            seconds++;
        }
        return folder.resolve(prefix + seconds);
    }
}
