package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ExecRequest;
import io.kvorum.cri.runtime.ExecSyncResponse;
import io.kvorum.crictl.etcd.ServerEtcd;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import io.kvorum.crictl.stream.RawTerminal;
import io.kvorum.crictl.stream.RemoteCommand;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code exec}: runs a command in a container and ends with its exit code. */
@Command(
        name = "exec",
        customSynopsis = "[CONTAINER-ID] COMMAND [ARG...]",
        description = "Run a command in a running container",
        footer = {
            "The CONTAINER-ID is left out if one of these flags chooses containers:",
            "--image, --label, --last, --latest, --name, --pod, --state"
        })
final class ExecCommand extends Act {
    /** A synchronous command without a limit of its own. */
    private static final Duration LONGEST = Duration.ofHours(1);

    @Mixin
    private ContainerFilters filters = new ContainerFilters();

    @Option(names = "--state", description = "Filter by container state")
    private String state = "";

    @Option(
            names = {"-s", "--sync"},
            description = "Run the command synchronously")
    private boolean sync;

    @Option(names = "--timeout", description = "Timeout in seconds, with --sync")
    private long timeoutSeconds;

    @Option(
            names = {"-t", "--tty"},
            description = "Allocate a pseudo-TTY")
    private boolean tty;

    @Option(
            names = {"-i", "--interactive"},
            description = "Keep STDIN open")
    private boolean interactive;

    @Option(
            names = {"-r", "--transport"},
            description = "Taken for compatibility: the transport is spdy")
    private String transport = "spdy";

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not print the container ID if multiple containers are selected")
    private boolean quiet;

    @Option(
            names = {"-e", "--ignore-errors"},
            description = "Ignore errors during command execution")
    private boolean ignoreErrors;

    @Option(
            names = {"-x", "--parallel"},
            description = "Taken for compatibility: one container after the other")
    private boolean parallel;

    ExecCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        boolean chosen = filters.anyGiven() || !state.isEmpty();
        demand(transport.equals("spdy"), "the transport is spdy, not " + transport);
        demand(
                arguments().size() > (chosen ? 0 : 1),
                chosen ? "exec needs a command" : "exec needs a CONTAINER-ID and a COMMAND");
        demand(!tty || interactive, "--tty needs --interactive");
        if (chosen) {
            inChosen();
        } else {
            List<String> command = arguments().subList(1, arguments().size());
            endWith(in(arguments().getFirst(), command), arguments().getFirst());
        }
    }

    private void inChosen() throws InterruptedException {
        List<Container> containers = filters.query(state, false).ask(session);
        demand(!containers.isEmpty(), "No containers found per filter flags");
        int worst = 0;
        String failed = "";
        for (Container each : containers) {
            if (!quiet && !parallel) {
                session.out().println(each.getId() + ":");
            }
            int exitCode = in(each.getId(), arguments());
            failed = exitCode == 0 ? failed : each.getId();
            worst = Math.max(worst, exitCode);
        }
        endWith(worst, failed);
    }

    private void endWith(int exitCode, String id) {
        if (exitCode != 0 && !ignoreErrors) {
            boolean said = etcdNamed(id).isPresent(); // etcdctl has explained itself
            throw new Failure(
                    exitCode,
                    said ? "" : "execing command in container: command terminated with exit code " + exitCode);
        }
    }

    private int in(String id, List<String> command) throws InterruptedException {
        Optional<ServerEtcd> etcd = etcdNamed(id);
        if (etcd.isPresent()) {
            return etcd.get().exec(command, session.environment(), session.in(), session.out(), session.err());
        }
        return sync ? synchronously(id, command) : streaming(id, command);
    }

    private int synchronously(String id, List<String> command) {
        Duration limit = timeoutSeconds > 0 ? Duration.ofSeconds(timeoutSeconds) : LONGEST;
        ExecSyncResponse response = session.runtime().execSync(id, command, limit);
        session.out().writeBytes(response.getStdout().toByteArray());
        session.out().flush();
        session.err().writeBytes(response.getStderr().toByteArray());
        return response.getExitCode();
    }

    private int streaming(String id, List<String> command) throws InterruptedException {
        ExecRequest request = ExecRequest.newBuilder()
                .setContainerId(id)
                .addAllCmd(command)
                .setTty(tty)
                .setStdin(interactive)
                .setStdout(true)
                .setStderr(!tty)
                .build();
        URI url = URI.create(session.runtime().exec(request));
        RemoteCommand remote = new RemoteCommand(url, session.out(), session.err());
        Optional<InputStream> input = interactive ? Optional.of(session.in()) : Optional.empty();
        if (!tty) {
            return remote.run(input, Optional.empty());
        }
        try (RawTerminal terminal = RawTerminal.open()) {
            return remote.run(input, Optional.of(terminal));
        }
    }
}
