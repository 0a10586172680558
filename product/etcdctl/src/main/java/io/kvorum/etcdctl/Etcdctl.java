package io.kvorum.etcdctl;

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

/** etcd's command line. {@link #run} may be called from any thread, also inside a bigger process. */
public final class Etcdctl {
    private Etcdctl() {}

    /** The thin process around {@link #run}. */
    public static void main(String[] args) {
        CommandProcess.end("etcdctl", Etcdctl::run, args);
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
