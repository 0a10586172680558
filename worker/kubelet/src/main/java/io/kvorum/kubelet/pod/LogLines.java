package io.kvorum.kubelet.pod;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The end of a container's log, without the runtime's prefixes. Stateless. */
final class LogLines {
    private static final int MOST_LINES = 80;

    private LogLines() {}

    /** The last lines, at most this many bytes; empty if there is no log. */
    static String tail(Path log, int mostBytes) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(0, file.length() - mostBytes * 2L);
            file.seek(from);
            byte[] bytes = new byte[(int) (file.length() - from)];
            file.readFully(bytes);
            String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n");
            StringBuilder text = new StringBuilder();
            for (int i = Math.max(from > 0 ? 1 : 0, lines.length - MOST_LINES); i < lines.length; i++) {
                String[] parts = lines[i].split(" ", 4);
                text.append(parts.length == 4 ? parts[3] : "").append('\n');
            }
            return text.length() > mostBytes ? text.substring(text.length() - mostBytes) : text.toString();
        } catch (IOException notThere) {
            return "";
        }
    }
}
