package io.kvorum.crictl;

import io.kvorum.cri.CriException;
import io.kvorum.crictl.command.CommandTree;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Notices;
import io.kvorum.etcdctl.CommandProcess;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The container runtime's command line. {@link #run} may be called from any thread, also inside a bigger process. */
public final class Crictl {
    private static final int INTERRUPTED = 130;

    private Crictl() {}

    /** The thin process around {@link #run}. */
    public static void main(String[] args) {
        CommandProcess.end("crictl", Crictl::run, args);
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
