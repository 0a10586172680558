package io.kvorum.etcdctl.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Standard input line by line. A last line without its end does not count, as in etcd's command line. */
final class InputLines {
    private final BufferedReader reader;

    InputLines(InputStream in) {
        reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next whole line without its end, or empty where the input ends. */
    Optional<String> next() {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n') {
                    return Optional.of(line.toString());
                }
                line.append((char) c);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
