package io.kvorum.crictl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Runs commands as a user on a node would, with that node's data folder and runtime. */
final class Player {
    /** What a command left behind. */
    record Result(int exitCode, String out, String err) {}

    private final Map<String, String> environment = new TreeMap<>();
    private String input = "";

    Player(Path dataFolder, Path socket) {
        environment.put("K3S_DATA_DIR", dataFolder.toString());
        environment.put("CONTAINER_RUNTIME_ENDPOINT", "unix://" + socket);
    }

    Player without(String variable) {
        environment.remove(variable);
        return this;
    }

    Player typing(String text) {
        input = text;
        return this;
    }

    Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Crictl.run(
                arguments,
                environment,
                new ByteArrayInputStream(input.getBytes(UTF_8)),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
        return new Result(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** The output of a command that must succeed. */
    String out(String... arguments) {
        Result result = run(arguments);
        if (result.exitCode() != 0) {
            throw new AssertionError("exit code %d: %s".formatted(result.exitCode(), result.err()));
        }
        return result.out();
    }
}
