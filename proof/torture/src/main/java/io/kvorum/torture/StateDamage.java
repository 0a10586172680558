package io.kvorum.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Damages a stopped member's database: a bit anywhere in it, in pages that count or in those that do not. */
final class StateDamage {
    private StateDamage() {}

    /**
     * @param state the folder that holds the databases and says which of them counts
     * @param where between 0 and 1: how far into the file
     * @return false without a database
     */
    static boolean flip(Path state, double where, Random random) {
        try {
            Path current = state.resolve("current");
            if (!Files.exists(current)) {
                return false;
            }
            Path file = state.resolve(Files.readString(current).strip()).resolve("data.mdb");
            try (var content = new RandomAccessFile(file.toFile(), "rw")) {
                if (content.length() == 0) {
                    return false;
                }
                long at = (long) (where * content.length());
                content.seek(at);
                int old = content.read();
                content.seek(at);
                content.write(old ^ (1 << random.nextInt(8)));
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
