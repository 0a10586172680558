package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Session;
import io.kvorum.crictl.stream.PortForward;
import io.kvorum.crictl.stream.PortForward.Ports;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code port-forward}: brings ports of a pod to this machine's loopback. */
@Command(
        name = "port-forward",
        customSynopsis = "POD-ID [LOCAL_PORT:]REMOTE_PORT [...]",
        description = "Forward local port to a pod")
final class PortForwardCommand extends Act {
    @Option(
            names = {"-r", "--transport"},
            description = "Taken for compatibility: the transport is spdy")
    private String transport = "spdy";

    PortForwardCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        demand(arguments().size() >= 2, "port-forward needs a POD-ID and a port");
        demand(transport.equals("spdy"), "the transport is spdy, not " + transport);
        String pod = arguments().getFirst();
        List<Ports> ports = arguments().stream().skip(1).map(Ports::parse).toList();
        etcdPodNamed(pod).ifPresent(etcd -> {
            throw etcd.unsupported("forward ports of");
        });
        URI url = URI.create(session.runtime()
                .portForward(pod, ports.stream().map(Ports::remote).toList()));
        new PortForward(url, session.out(), session.err()).run(ports);
    }
}
