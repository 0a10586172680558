package io.kvorum.node;

import io.kvorum.node.secrets.EncryptionFiles;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a restored store in the place of the one that was there. A process that is killed in between leaves the old one or
 * the new one, and a start finishes what was begun. Used by one thread under the data folder's lock.
 *
 * <pre>
 *  db/etcd             the one that counts
 *  db/etcd-restoring   a restore under way; worth nothing
 *  db/etcd-restored    a whole one that has not taken its place yet
 *  db/etcd-old-1770638400   what was there before
 * </pre>
 */
final class StoreFolders {
    /** In a restored store: the cluster's authorities, and the token that goes with them. */
    static final String AUTHORITIES = "authorities.json";

    static final String TOKEN = "token";

    private final Path serverFolder;
    private final Path agentFolder;
    private final Path db;
    private final Runnable afterStep;

    StoreFolders(Path serverFolder, Path agentFolder) {
        this(serverFolder, agentFolder, () -> {});
    }

    /** @param afterStep hears of every change on the disk; a failure of it is as good as a power cut there */
    StoreFolders(Path serverFolder, Path agentFolder, Runnable afterStep) {
        this.afterStep = afterStep;
        this.serverFolder = serverFolder;
        this.agentFolder = agentFolder;
        this.db = serverFolder.resolve("db");
    }

    Path resetFlag() {
        return db.resolve("reset-flag");
    }

    /** An empty folder for a restore. */
    Path begin() {
        try {
            Path restoring = db.resolve("etcd-restoring");
            delete(restoring);
            SecretFile.createFolder(restoring);
            return restoring;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a folder for the restore in " + db, e);
        }
    }

    /** From now on the restored store is the one that will count. */
    void complete() {
        try {
            forceAll(db.resolve("etcd-restoring"));
            Files.move(db.resolve("etcd-restoring"), db.resolve("etcd-restored"), StandardCopyOption.ATOMIC_MOVE);
            force(db);
            afterStep.run();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot complete the restore in " + db, e);
        }
    }

    /**
     * Gives a whole restored store its place, if there is one.
     *
     * @return whether there was
     */
    boolean finish(Instant now) {
        Path restored = db.resolve("etcd-restored");
        if (!Files.isDirectory(restored)) {
            return false;
        }
        try {
            takeAuthorities(restored, now);
            takeToken(restored);
            Path present = db.resolve("etcd");
            if (Files.exists(present)) {
                Files.move(present, OwnAuthorities.free(db, "etcd-old-", now), StandardCopyOption.ATOMIC_MOVE);
                force(db);
                afterStep.run();
            }
            SecretFile.write(resetFlag(), "", "rw-------");
            afterStep.run();
            Files.move(restored, present, StandardCopyOption.ATOMIC_MOVE);
            force(db);
            afterStep.run();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot put the restored store into " + db, e);
        }
    }

    private void takeAuthorities(Path restored, Instant now) throws IOException {
        Path staged = restored.resolve(AUTHORITIES);
        if (!Files.exists(staged)) {
            return;
        }
        byte[] document = Files.readAllBytes(staged);
        OwnAuthorities.replace(serverFolder, agentFolder, document, now, afterStep);
        new EncryptionFiles(serverFolder).keepOnlyIfIn(document);
        Files.delete(staged);
        afterStep.run();
    }

    private void takeToken(Path restored) throws IOException {
        Path staged = restored.resolve(TOKEN);
        Path authority = serverFolder.resolve("tls/server-ca.crt");
        if (Files.exists(staged) && Files.exists(authority)) {
            String hash = ServerToken.hash(Files.readString(authority));
            var token = new ServerToken(hash, "server", Files.readString(staged).strip());
            SecretFile.write(serverFolder.resolve("token"), token.secureForm() + "\n", "rw-------");
            afterStep.run();
            Files.delete(staged);
            afterStep.run();
        }
    }

    /** A server that serves may be reset again. */
    void allowReset() {
        try {
            Files.deleteIfExists(resetFlag());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + resetFlag(), e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Whatever wrote them: only what the disk has may count. */
    private static void forceAll(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path each : found.filter(path -> Files.isRegularFile(path) || Files.isDirectory(path))
                    .toList()) {
                force(each);
            }
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
