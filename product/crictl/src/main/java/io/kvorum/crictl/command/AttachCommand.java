package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.AttachRequest;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import io.kvorum.crictl.stream.DetachKeys;
import io.kvorum.crictl.stream.RawTerminal;
import io.kvorum.crictl.stream.RemoteCommand;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code attach}: joins a container's own process; ctrl-p ctrl-q leaves a terminal. */
@Command(name = "attach", customSynopsis = "CONTAINER-ID", description = "Attach to a running container")
final class AttachCommand extends Act {
    @Option(
            names = {"-t", "--tty"},
            description = "Allocate a pseudo-TTY")
    private boolean tty;

    @Option(
            names = {"-i", "--stdin"},
            description = "Keep STDIN open")
    private boolean stdin;

    @Option(
            names = {"-r", "--transport"},
            description = "Taken for compatibility: the transport is spdy")
    private String transport = "spdy";

    AttachCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        demand(ids().size() == 1, "attach takes one CONTAINER-ID");
        demand(transport.equals("spdy"), "the transport is spdy, not " + transport);
        demand(!tty || stdin, "--tty needs --stdin");
        String id = arguments().getFirst();
        etcdNamed(id).ifPresent(etcd -> {
            throw etcd.unsupported("attach to");
        });
        AttachRequest request = AttachRequest.newBuilder()
                .setContainerId(id)
                .setTty(tty)
                .setStdin(stdin)
                .setStdout(true)
                .setStderr(!tty)
                .build();
        URI url = URI.create(session.runtime().attach(request));
        RemoteCommand remote = new RemoteCommand(url, session.out(), session.err());
        int exitCode = tty ? onTerminal(remote) : remote.run(input(), Optional.empty());
        if (exitCode != 0) {
            throw new Failure(exitCode, "command terminated with exit code " + exitCode);
        }
    }

    private int onTerminal(RemoteCommand remote) throws InterruptedException {
        try (RawTerminal terminal = RawTerminal.open()) {
            return remote.run(Optional.of(new DetachKeys(session.in(), remote::leave)), Optional.of(terminal));
        }
    }

    private Optional<InputStream> input() {
        return stdin ? Optional.of(session.in()) : Optional.empty();
    }
}
