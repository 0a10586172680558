package io.kvorum.member;

import io.kvorum.backend.BackendException;
import io.kvorum.jraft.LogUnusable;
import io.kvorum.jraft.log.LogCorrupt;
import io.kvorum.node.Logging;
import io.kvorum.node.StartFailure;
import io.kvorum.pki.PkiException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs one member of the store until SIGTERM. */
@Command(
        name = "member",
        description = "Runs one member of the store, without Kubernetes, with etcd's flags.",
        mixinStandardHelpOptions = true,
        subcommands = CertificatesCommand.class)
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private MemberFlags flags;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.start(flags.isVerbose());
        RunningMember member;
        try {
            member = RunningMember.start(flags);
        } catch (StartFailure
                | LogUnusable
                | LogCorrupt
                | BackendException
                | PkiException
                | IllegalArgumentException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("member: " + e.getMessage());
            err.flush();
            return 1;
        }
        var asked = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        // SIGTERM runs this hook; the process ends when it returns
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            asked.countDown();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        LoggerFactory.getLogger(Main.class)
                .atInfo()
                .addKeyValue("name", flags.name())
                .log("the member serves");
        asked.await();
        member.close();
        closed.countDown();
        return 0;
    }
}
