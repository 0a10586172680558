package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** A command run for an event or under a lock; its output becomes ours. */
final class Executed {
    private Executed() {}

    /** Runs to its end and answers its exit code. */
    static int run(List<String> command, Map<String, String> variables, Session session) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(session.environment());
        builder.environment().putAll(variables);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        Process process = start(builder, command);
        try {
            Thread out = copy(process.getInputStream(), session.out());
            Thread err = copy(process.getErrorStream(), session.err());
            int exitCode = process.waitFor();
            out.join();
            err.join();
            return exitCode;
        } finally {
            process.destroy();
        }
    }

    private static Process start(ProcessBuilder builder, List<String> command) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw Failure.error("exec: \"%s\": executable file not found in $PATH".formatted(command.getFirst()));
        }
    }

    private static Thread copy(InputStream from, PrintStream to) {
        return Thread.ofVirtual().name("etcdctl-output").start(() -> {
            try (from) {
                from.transferTo(to);
                to.flush();
            } catch (IOException e) {
                to.flush();
            }
        });
    }
}
