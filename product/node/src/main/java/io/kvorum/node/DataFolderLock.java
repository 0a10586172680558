package io.kvorum.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second process off the same data; the kernel lets go of it when the process ends in whatever way. */
public final class DataFolderLock implements AutoCloseable {
    private final FileChannel channel;

    private DataFolderLock(FileChannel channel) {
        this.channel = channel;
    }

    public static DataFolderLock take(Path dataDir) {
        Path file = dataDir.resolve("lock");
        FileChannel channel;
        try {
            Files.createDirectories(dataDir);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StartFailure("cannot use the data folder %s: %s".formatted(dataDir, e), e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataFolderLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new StartFailure("cannot lock %s: %s".formatted(file, e), e);
        }
        throw new StartFailure("another process runs on the data folder %s; stop it first".formatted(dataDir));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
