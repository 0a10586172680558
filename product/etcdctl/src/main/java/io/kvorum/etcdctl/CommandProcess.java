package io.kvorum.etcdctl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The process around a bundled command line: nothing logs, since standard output belongs to the answer. On a signal the
 * command is interrupted and has a few seconds to give back what it holds: a lock, a lease, the terminal.
 */
public final class CommandProcess {
    private static final int INTERRUPTED = 130;
    private static final int LEAVE_SECONDS = 5;

    /** Kept here, since the logging system forgets loggers that nobody holds. */
    private static final List<Logger> QUIET = List.of(Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"));

    private CommandProcess() {}

    /** A command line; answers its exit code. */
    public interface Tool {
        int run(String[] args, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err);
    }

    /** Runs it with this process' arguments and streams, and ends the process. */
    public static void end(String name, Tool tool, String[] args) {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        QUIET.forEach(each -> each.setLevel(Level.OFF));
        Thread worker = Thread.currentThread();
        CountDownLatch finished = new CountDownLatch(1);
        AtomicInteger exitCode = new AtomicInteger(INTERRUPTED);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(worker, finished, exitCode), name + "-leave"));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
        exitCode.set(tool.run(args, System.getenv(), System.in, out, System.err));
        finished.countDown();
        System.exit(exitCode.get());
    }

    private static void leave(Thread worker, CountDownLatch finished, AtomicInteger exitCode) {
        if (finished.getCount() == 0) {
            return;
        }
        worker.interrupt();
        try {
            boolean left = finished.await(LEAVE_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(left ? exitCode.get() : INTERRUPTED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
