package io.kvorum.cri.logs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Finds the last lines of a container's log without reading what stands before them; any thread. */
final class LogTail {
    private static final int CHUNK = 64 << 10;

    private LogTail() {}

    /** Where the last lines of a file begin, in bytes from its start; its end for no lines. */
    static long start(Path file, long lines) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
            long end = opened.length();
            if (lines <= 0) {
                return end;
            }
            long found = 0;
            byte[] chunk = new byte[CHUNK];
            for (long at = end; at > 0; ) {
                int length = (int) Math.min(CHUNK, at);
                at -= length;
                opened.seek(at);
                opened.readFully(chunk, 0, length);
                for (int i = length - 1; i >= 0; i--) {
                    if (chunk[i] == '\n' && at + i != end - 1 && ++found == lines) {
                        return at + i + 1;
                    }
                }
            }
            return 0;
        }
    }
}
