package io.kvorum.kubelet.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.cri.runtime.ExecSyncResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs one check of a container: a command, an HTTP request, a connection, a health question. Any thread; blocks. */
public final class Checks {
    private static final Duration LONGEST_HOOK = Duration.ofMinutes(10);

    private final CriClient cri;

    public Checks(CriClient cri) {
        this.cri = cri;
    }

    /** The container a check is about, and the address its ports are at. */
    public record Subject(Container container, String containerId, String address) {}

    public CheckOutcome run(Probe probe, Subject subject) {
        Duration timeout = Duration.ofSeconds(
                Math.max(1, Optional.ofNullable(probe.getTimeoutSeconds()).orElse(1)));
        if (probe.getExec() != null) {
            return exec(probe.getExec().getCommand(), subject, timeout);
        }
        if (probe.getHttpGet() != null) {
            return http(probe.getHttpGet(), subject, timeout);
        }
        if (probe.getTcpSocket() != null) {
            String host = Optional.ofNullable(probe.getTcpSocket().getHost()).orElse(subject.address());
            return tcp(host, port(probe.getTcpSocket().getPort(), subject.container()), timeout);
        }
        if (probe.getGrpc() != null) {
            String service = Optional.ofNullable(probe.getGrpc().getService()).orElse("");
            return GrpcHealth.check(subject.address(), probe.getGrpc().getPort(), service, timeout);
        }
        return CheckOutcome.HEALTHY;
    }

    /** Runs a lifecycle hook; an unhealthy outcome is a failed hook. */
    public CheckOutcome run(LifecycleHandler hook, Subject subject, Optional<Duration> limit)
            throws InterruptedException {
        Duration timeout = limit.orElse(LONGEST_HOOK);
        if (hook.getExec() != null) {
            return exec(hook.getExec().getCommand(), subject, timeout);
        }
        if (hook.getHttpGet() != null) {
            return http(hook.getHttpGet(), subject, timeout);
        }
        if (hook.getSleep() != null) {
            Duration wanted = Duration.ofSeconds(hook.getSleep().getSeconds());
            Thread.sleep(wanted.compareTo(timeout) > 0 ? timeout : wanted);
        }
        return CheckOutcome.HEALTHY;
    }

    private CheckOutcome exec(List<String> command, Subject subject, Duration timeout) {
        try {
            ExecSyncResponse response = cri.execSync(subject.containerId(), command, timeout);
            return response.getExitCode() == 0
                    ? CheckOutcome.HEALTHY
                    : CheckOutcome.unhealthy(response.getStdout().toStringUtf8()
                            + response.getStderr().toStringUtf8());
        } catch (CriException failure) {
            return CheckOutcome.unhealthy(
                    failure.kind() == CriException.Kind.TIMEOUT
                            ? "command timed out after " + timeout.toSeconds() + "s"
                            : failure.reason());
        }
    }

    private static CheckOutcome http(HTTPGetAction get, Subject subject, Duration timeout) {
        String host = Optional.ofNullable(get.getHost())
                .filter(name -> !name.isEmpty())
                .orElse(subject.address());
        return HttpCheck.run(get, host, port(get.getPort(), subject.container()), timeout);
    }

    private static CheckOutcome tcp(String host, int port, Duration timeout) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            return CheckOutcome.HEALTHY;
        } catch (IOException failure) {
            return CheckOutcome.unhealthy("dial tcp %s:%d: %s".formatted(host, port, failure.getMessage()));
        }
    }

    static int port(IntOrString wanted, Container container) {
        if (wanted.getIntVal() != null) {
            return wanted.getIntVal();
        }
        return Optional.ofNullable(container.getPorts()).orElse(List.of()).stream()
                .filter(port -> wanted.getStrVal().equals(port.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElse(0);
    }
}
