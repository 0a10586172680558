package io.kvorum.node;

import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the content of this server's store comes from. */
enum StoreOrigin {
    /** It is on this disk; what the flags say of beginning and joining is of no interest any more. */
    DISK,
    /** A new cluster begins here. */
    NOTHING,
    /** Other servers send it. */
    CLUSTER;

    private static final String MARK = "has-voted";

    static StoreOrigin of(ServerConfig config) {
        boolean joins = config.cluster().server() != null;
        boolean hasLog = isFilled(storeFolder(config).resolve("member/wal"));
        boolean hasVoted = Files.exists(storeFolder(config).resolve(MARK));
        // a member that was cut off while it joined goes on joining
        if (hasLog && (hasVoted || !joins)) {
            return DISK;
        }
        return joins ? CLUSTER : NOTHING;
    }

    /** From now on this disk counts, whatever the flags say. */
    static void markVoted(ServerConfig config) {
        markVoted(storeFolder(config));
    }

    static void markVoted(Path storeFolder) {
        Path mark = storeFolder.resolve(MARK);
        if (!Files.exists(mark)) {
            SecretFile.write(mark, "", "rw-------");
        }
    }

    static Path storeFolder(ServerConfig config) {
        return config.serverFolder().resolve("db/etcd");
    }

    private static boolean isFilled(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            return entries.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }
}
