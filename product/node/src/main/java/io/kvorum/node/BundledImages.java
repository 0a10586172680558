package io.kvorum.node;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the image archives of the distribution where the node agent imports archives from. */
final class BundledImages {
    private static final Logger LOG = LoggerFactory.getLogger(BundledImages.class);

    private BundledImages() {}

    /** A missing distribution folder (when run from a development tree) is no error: images may come otherwise. */
    static void provide(Path distributionImages, Path agentImages) {
        if (!Files.isDirectory(distributionImages)) {
            return;
        }
        try {
            Files.createDirectories(agentImages);
            try (DirectoryStream<Path> archives = Files.newDirectoryStream(distributionImages, "*.tar*")) {
                for (Path archive : archives) {
                    provideOne(archive, agentImages.resolve(archive.getFileName()));
                }
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("folder", agentImages).setCause(e).log("cannot provide the bundled images");
        }
    }

    private static void provideOne(Path archive, Path target) throws IOException {
        boolean isThere = Files.exists(target)
                && Files.size(target) == Files.size(archive)
                && Files.getLastModifiedTime(target).equals(Files.getLastModifiedTime(archive));
        if (!isThere) {
            Path fresh = target.resolveSibling(target.getFileName() + ".new");
            Files.copy(archive, fresh, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
