package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.cri.CriException;
import io.kvorum.cri.runtime.ContainerConfig;
import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.kubelet.desired.ContainerEnvironment;
import io.kvorum.kubelet.desired.PodFields;
import io.kvorum.kubelet.desired.PodRef;
import io.kvorum.kubelet.desired.QosClass;
import io.kvorum.kubelet.desired.ResourceAmounts;
import io.kvorum.kubelet.desired.SetupFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a plan's actions do to runtime and disk, for one pod. Only the thread of that pod's life. */
final class PodActs {
    private static final Logger LOG = LoggerFactory.getLogger(PodActs.class);

    private final PodEnvironment environment;
    private final PodRef ref;
    private final ContainerEnvironment variables;

    PodActs(PodEnvironment environment, PodRef ref) {
        this.environment = environment;
        this.ref = ref;
        this.variables = new ContainerEnvironment(environment.objects());
    }

    PodFields fields(Pod pod, List<String> addresses) {
        PodEnvironment.Machine machine = environment.machine();
        return new PodFields(
                pod, environment.config().identity().address(), addresses, machine.cpuMilli(), machine.memoryBytes());
    }

    /** Cgroup, volumes, log folder and sandbox; the new sandbox's id. */
    String createSandbox(Pod pod, int attempt) {
        environment.cgroups().create(QosClass.of(pod).cgroup(ref.uid()), ResourceAmounts.ofPod(pod));
        environment.volumes().prepare(fields(pod, List.of()));
        makeFolder(new SandboxSpec(pod).logFolder(environment.paths()));
        return environment.cri().runPodSandbox(sandboxConfig(pod, attempt), runtimeHandler(pod));
    }

    private static String runtimeHandler(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getRuntimeClassName()).orElse("");
    }

    private PodSandboxConfig sandboxConfig(Pod pod, int attempt) {
        var network = environment.config().network();
        DnsSettings dns = DnsSettings.of(pod, network, DnsSettings.ofMachine(network.resolvConf()));
        return new SandboxSpec(pod).config(attempt, environment.paths(), dns);
    }

    /** Volumes as they should be now; also how config maps, secrets and tokens are kept fresh. */
    SortedMap<String, Path> refreshVolumes(Pod pod, List<String> addresses) {
        return environment.volumes().prepare(fields(pod, addresses));
    }

    /** Creates and starts a container whose image is on the node; its id. */
    String startContainer(
            Pod pod, Container container, int attempt, ObservedSandbox sandbox, Optional<String> processesOf) {
        environment
                .cri()
                .imageStatus(container.getImage())
                .ifPresent(image -> new ContainerSpec(pod, container).checkUser(image));
        List<String> addresses = addressesOf(pod, sandbox);
        writeHosts(pod, addresses);
        Map<String, String> values = variables.of(container, fields(pod, addresses));
        SortedMap<String, Path> places = environment.volumes().prepare(fields(pod, addresses));
        Path podFolder = environment.paths().pod(ref.uid());
        var mounts = new ContainerMounts(environment.volumes(), podFolder).of(pod, container, attempt, places, values);
        Path logs = new SandboxSpec(pod).logFolder(environment.paths());
        makeFolder(logs.resolve(container.getName()));
        ContainerConfig config = new ContainerSpec(pod, container)
                .config(new ContainerSpec.Given(
                        attempt,
                        values,
                        mounts,
                        environment.machine().memoryBytes(),
                        environment.paths().kubelet(),
                        processesOf));
        String id = create(sandbox, config, sandboxConfig(pod, sandbox.attempt()));
        environment
                .events()
                .normal(pod, Optional.of(container.getName()), "Created", "Created container: " + container.getName());
        linkLog(logs.resolve(config.getLogPath()), container.getName(), id);
        environment.cri().startContainer(id);
        environment
                .events()
                .normal(pod, Optional.of(container.getName()), "Started", "Started container " + container.getName());
        return id;
    }

    private String create(ObservedSandbox sandbox, ContainerConfig config, PodSandboxConfig sandboxConfig) {
        try {
            return environment.cri().createContainer(sandbox.id(), config, sandboxConfig);
        } catch (CriException failure) {
            throw new SetupFailed("CreateContainerError", failure.reason());
        }
    }

    List<String> addressesOf(Pod pod, ObservedSandbox sandbox) {
        return Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
                ? List.of(environment.config().identity().address())
                : sandbox.addresses();
    }

    private void writeHosts(Pod pod, List<String> addresses) {
        SandboxSpec spec = new SandboxSpec(pod);
        Path file = environment.paths().pod(ref.uid()).resolve("etc-hosts");
        try {
            Files.createDirectories(file.getParent());
            String text = spec.hostNetwork()
                    ? HostsFile.ofHostNetwork(pod, Files.readString(Path.of("/etc/hosts")))
                    : HostsFile.of(
                            pod,
                            addresses,
                            spec.hostname(),
                            spec.domainName(environment.config().network().clusterDomain()));
            Files.writeString(file, text);
            Files.setAttribute(file, "unix:mode", 0644);
        } catch (IOException failure) {
            throw new SetupFailed("CreateContainerConfigError", "hosts file: " + failure);
        }
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new SetupFailed("CreateContainerConfigError", "log folder: " + failure);
        }
    }

    /** The link by which log collectors find a container's log. */
    private void linkLog(Path log, String container, String id) {
        Path link = logLink(container, id);
        try {
            Files.createDirectories(link.getParent());
            Path fresh = link.resolveSibling(link.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            Files.createSymbolicLink(fresh, log);
            Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("link", link).setCause(failure).log("container log cannot be linked");
        }
    }

    private Path logLink(String container, String id) {
        return environment
                .paths()
                .containerLogs()
                .resolve("%s_%s_%s-%s.log".formatted(ref.name(), ref.namespace(), container, id));
    }

    void removeContainer(ObservedContainer container) {
        environment.cri().removeContainer(container.id());
        try {
            Files.deleteIfExists(logLink(container.name(), container.id()));
            if (!container.logPath().isEmpty()) {
                Files.deleteIfExists(Path.of(container.logPath()));
            }
        } catch (IOException failure) {
            LOG.atWarn()
                    .addKeyValue("container", container.name())
                    .setCause(failure)
                    .log("container log cannot be removed");
        }
    }

    /** Removes all that was made on disk and in the cgroups; containers and sandboxes are gone. */
    void tearDown(List<ObservedContainer> containers) {
        try {
            environment.volumes().tearDown(ref.uid());
            for (ObservedContainer container : containers) {
                Files.deleteIfExists(logLink(container.name(), container.id()));
            }
            deleteLogs();
        } catch (IOException failure) {
            throw new UncheckedIOException("pod " + ref.fullName() + " cannot be cleaned up", failure);
        }
        for (QosClass each : QosClass.values()) {
            environment.cgroups().remove(each.cgroup(ref.uid()));
        }
        environment.images().forget(ref.uid());
    }

    private void deleteLogs() throws IOException {
        Path folder = environment.paths().podLogs().resolve(ref.fullName());
        if (Files.isDirectory(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path each :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }
}
