package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.kvorum.cri.runtime.Int64Value;
import io.kvorum.cri.runtime.LinuxPodSandboxConfig;
import io.kvorum.cri.runtime.LinuxSandboxSecurityContext;
import io.kvorum.cri.runtime.NamespaceMode;
import io.kvorum.cri.runtime.NamespaceOption;
import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.cri.runtime.PodSandboxMetadata;
import io.kvorum.cri.runtime.PortMapping;
import io.kvorum.cri.runtime.Protocol;
import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.desired.PodRef;
import io.kvorum.kubelet.desired.QosClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A pod's sandbox in the runtime's terms. Pure. */
final class SandboxSpec {
    private final Pod pod;
    private final PodSpec spec;
    private final PodRef ref;

    SandboxSpec(Pod pod) {
        this.pod = pod;
        this.spec = pod.getSpec();
        this.ref = PodRef.of(pod);
    }

    PodSandboxConfig config(int attempt, NodePaths paths, DnsSettings dns) {
        PodSandboxConfig.Builder config = PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setName(ref.name())
                        .setNamespace(ref.namespace())
                        .setUid(ref.uid())
                        .setAttempt(attempt))
                // In the machine's own network namespace the name is the machine's; runc refuses to set it.
                .setHostname(hostNetwork() ? "" : hostname())
                .setLogDirectory(logFolder(paths).toString())
                .setDnsConfig(dns.toCri())
                .putAllLabels(PodLabels.of(ref))
                .putAnnotations("kubernetes.io/config.source", "api")
                .setLinux(linux());
        if (pod.getMetadata().getLabels() != null) {
            pod.getMetadata().getLabels().forEach((key, value) -> config.putLabels(key, value));
        }
        if (!hostNetwork()) {
            config.addAllPortMappings(ports());
        }
        return config.build();
    }

    Path logFolder(NodePaths paths) {
        return paths.podLogs().resolve(ref.fullName());
    }

    boolean hostNetwork() {
        return Boolean.TRUE.equals(spec.getHostNetwork());
    }

    /** The name a pod's processes see; at most 63 characters. */
    String hostname() {
        String name = Optional.ofNullable(spec.getHostname()).orElse(ref.name());
        String cut = name.length() > 63 ? name.substring(0, 63) : name;
        return cut.replaceFirst("[-.]+$", "");
    }

    /** Its fully qualified name, if it has a subdomain. */
    Optional<String> domainName(String clusterDomain) {
        return Optional.ofNullable(spec.getSubdomain())
                .filter(subdomain -> !subdomain.isEmpty())
                .map(subdomain -> "%s.%s.%s.svc.%s".formatted(hostname(), subdomain, ref.namespace(), clusterDomain));
    }

    NamespaceOption namespaces() {
        boolean sharedPid = Boolean.TRUE.equals(spec.getShareProcessNamespace());
        return NamespaceOption.newBuilder()
                .setNetwork(hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(
                        Boolean.TRUE.equals(spec.getHostPID())
                                ? NamespaceMode.NODE
                                : sharedPid ? NamespaceMode.POD : NamespaceMode.CONTAINER)
                .setIpc(Boolean.TRUE.equals(spec.getHostIPC()) ? NamespaceMode.NODE : NamespaceMode.POD)
                .build();
    }

    private List<PortMapping> ports() {
        List<PortMapping> mappings = new ArrayList<>();
        for (Container container : PodPhase.containersAndInits(pod)) {
            for (ContainerPort port : Optional.ofNullable(container.getPorts()).orElse(List.of())) {
                PortMapping.Builder mapping = PortMapping.newBuilder()
                        .setContainerPort(port.getContainerPort())
                        .setProtocol(port.getProtocol() == null ? Protocol.TCP : Protocol.valueOf(port.getProtocol()));
                if (port.getHostPort() != null) {
                    mapping.setHostPort(port.getHostPort());
                }
                if (port.getHostIP() != null) {
                    mapping.setHostIp(port.getHostIP());
                }
                mappings.add(mapping.build());
            }
        }
        return mappings;
    }

    private LinuxPodSandboxConfig linux() {
        LinuxPodSandboxConfig.Builder linux = LinuxPodSandboxConfig.newBuilder()
                .setCgroupParent(QosClass.of(pod).cgroup(ref.uid()))
                .setSecurityContext(security());
        PodSecurityContext context = spec.getSecurityContext();
        if (context != null && context.getSysctls() != null) {
            context.getSysctls().forEach(sysctl -> linux.putSysctls(sysctl.getName(), sysctl.getValue()));
        }
        return linux.build();
    }

    private LinuxSandboxSecurityContext security() {
        LinuxSandboxSecurityContext.Builder security = LinuxSandboxSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces())
                .setPrivileged(PodPhase.containersAndInits(pod).stream()
                        .anyMatch(container -> container.getSecurityContext() != null
                                && Boolean.TRUE.equals(
                                        container.getSecurityContext().getPrivileged())))
                .setSeccomp(SecurityProfiles.runtimeDefault());
        PodSecurityContext context = spec.getSecurityContext();
        if (context != null) {
            if (context.getRunAsUser() != null) {
                security.setRunAsUser(Int64Value.newBuilder().setValue(context.getRunAsUser()));
                if (context.getRunAsGroup() != null) {
                    security.setRunAsGroup(Int64Value.newBuilder().setValue(context.getRunAsGroup()));
                }
            }
            security.addAllSupplementalGroups(groups(context));
        }
        return security.build();
    }

    static List<Long> groups(PodSecurityContext context) {
        List<Long> groups = new ArrayList<>(
                Optional.ofNullable(context.getSupplementalGroups()).orElse(List.of()));
        if (context.getFsGroup() != null) {
            groups.add(context.getFsGroup());
        }
        return groups;
    }
}
