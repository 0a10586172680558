package io.kvorum.crictl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvorum.cri.CriException;
import io.kvorum.crictl.command.CommandTree;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Notices;
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

/** The container runtime's command line. {@link #run} may be called from any thread, also inside a bigger process. */
public final class Crictl {
    private static final int INTERRUPTED = 130;
    private static final int LEAVE_SECONDS = 5;

    /** Kept here, since the logging system forgets loggers that nobody holds. */
    private static final List<Logger> QUIET = List.of(Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"));

    private Crictl() {}

    /**
     * The thin process around {@link #run}: nothing logs, since standard output belongs to the answer. On a signal the
     * command is interrupted and has a few seconds to give back what it holds, such as the terminal.
     */
    public static void main(String[] args) {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        QUIET.forEach(each -> each.setLevel(Level.OFF));
        Thread worker = Thread.currentThread();
        CountDownLatch finished = new CountDownLatch(1);
        AtomicInteger exitCode = new AtomicInteger(INTERRUPTED);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(worker, finished, exitCode), "crictl-leave"));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
        exitCode.set(run(args, System.getenv(), System.in, out, System.err));
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

    /** Runs one command and answers its exit code: 0, 1, or that of the command run in a container. */
    public static int run(
            String[] args, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        Notices notices = new Notices(err);
        try {
            CommandTree.run(List.of(args), environment, in, out, err);
            return 0;
        } catch (Failure e) {
            notices.error(e.text());
            return e.exitCode();
        } catch (CriException e) {
            notices.error(e.call() + ": " + e.reason());
            return 1;
        } catch (InterruptedException e) {
            return INTERRUPTED;
        } finally {
            out.flush();
            err.flush();
        }
    }
}
