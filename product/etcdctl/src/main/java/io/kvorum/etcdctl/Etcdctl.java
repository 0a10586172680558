package io.kvorum.etcdctl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.command.CommandTree;
import io.kvorum.etcdctl.print.Unsupported;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.wire.Failures;
import io.kvorum.etcdctl.wire.WireException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** etcd's command line. {@link #run} may be called from any thread, also inside a bigger process. */
public final class Etcdctl {
    private static final int INTERRUPTED = 130;
    private static final int LEAVE_SECONDS = 5;

    private Etcdctl() {}

    /**
     * The thin process around {@link #run}: nothing logs, since standard output belongs to the answer. On a signal the
     * command is interrupted and has a few seconds to give back what it holds: a lock, a lease, a leadership.
     */
    public static void main(String[] args) {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        Logger quiet = Logger.getLogger("io.grpc");
        quiet.setLevel(Level.OFF);
        Thread worker = Thread.currentThread();
        CountDownLatch finished = new CountDownLatch(1);
        AtomicInteger exitCode = new AtomicInteger(INTERRUPTED);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(worker, finished, exitCode), "etcdctl-leave"));
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false, UTF_8);
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

    /** Runs one command and answers its exit code: 0, or one of {@link Failure.Code}, or an executed command's. */
    public static int run(
            String[] args, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        try {
            return CommandTree.run(List.of(args), environment, in, out, err);
        } catch (Failure e) {
            return fail(e.exitCode(), e.text(), err);
        } catch (Unsupported e) {
            return fail(Failure.Code.BAD_FEATURE.number(), String.valueOf(e.getMessage()), err);
        } catch (WireException e) {
            Failure.Code code = switch (e.stage()) {
                case FILES -> Failure.Code.BAD_ARGUMENTS;
                case AUTHENTICATION -> Failure.Code.BAD_CONNECTION;
            };
            return fail(code.number(), String.valueOf(e.getMessage()), err);
        } catch (StatusRuntimeException e) {
            return fail(Failure.Code.ERROR.number(), Failures.text(e), err);
        } catch (StatusException e) {
            return fail(Failure.Code.ERROR.number(), Failures.text(e), err);
        } catch (InterruptedException e) {
            return Failure.Code.INTERRUPTED.number();
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static int fail(int exitCode, String text, PrintStream err) {
        if (!text.isEmpty()) {
            err.println("Error: " + text);
        }
        return exitCode;
    }
}
