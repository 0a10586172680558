package io.kvorum.kubelet.pod;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.kvorum.cri.runtime.Capability;
import io.kvorum.cri.runtime.ContainerConfig;
import io.kvorum.cri.runtime.ContainerMetadata;
import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.ImageSpec;
import io.kvorum.cri.runtime.Int64Value;
import io.kvorum.cri.runtime.KeyValue;
import io.kvorum.cri.runtime.LinuxContainerConfig;
import io.kvorum.cri.runtime.LinuxContainerResources;
import io.kvorum.cri.runtime.LinuxContainerSecurityContext;
import io.kvorum.cri.runtime.Mount;
import io.kvorum.cri.runtime.NamespaceMode;
import io.kvorum.cri.runtime.NamespaceOption;
import io.kvorum.kubelet.desired.PodRef;
import io.kvorum.kubelet.desired.QosClass;
import io.kvorum.kubelet.desired.ResourceAmounts;
import io.kvorum.kubelet.desired.SetupFailed;
import io.kvorum.kubelet.desired.VariableExpansion;
import io.kvorum.kubelet.linux.CgroupValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A container in the runtime's terms. Pure; environment and mounts are worked out before. */
final class ContainerSpec {
    private static final String REASON = "CreateContainerConfigError";

    private final Pod pod;
    private final Container container;
    private final SecurityContext security;

    ContainerSpec(Pod pod, Container container) {
        this.pod = pod;
        this.container = container;
        this.security = requireNonNullElse(container.getSecurityContext(), new SecurityContextBuilder().build());
    }

    /** What a container is given besides its own definition; {@code processesOf} is the id of one whose it sees. */
    record Given(
            int attempt,
            Map<String, String> environment,
            List<Mount> mounts,
            long machineMemoryBytes,
            Path kubelet,
            Optional<String> processesOf) {}

    ContainerConfig config(Given given) {
        PodRef ref = PodRef.of(pod);
        ContainerConfig.Builder config = ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder()
                        .setName(container.getName())
                        .setAttempt(given.attempt()))
                .setImage(ImageSpec.newBuilder().setImage(container.getImage()))
                .addAllCommand(expanded(container.getCommand(), given.environment()))
                .addAllArgs(expanded(container.getArgs(), given.environment()))
                .setWorkingDir(requireNonNullElse(container.getWorkingDir(), ""))
                .addAllMounts(given.mounts())
                .putAllLabels(PodLabels.of(ref))
                .putLabels(PodLabels.CONTAINER_NAME, container.getName())
                .putAnnotations(PodLabels.DEFINITION, ContainerDefinition.of(container))
                .putAnnotations(PodLabels.RESTARTS, Integer.toString(given.attempt()))
                .putAnnotations(PodLabels.MESSAGE_PATH, messagePath())
                .putAnnotations(
                        PodLabels.MESSAGE_POLICY, requireNonNullElse(container.getTerminationMessagePolicy(), "File"))
                .putAnnotations(
                        PodLabels.GRACE, Long.toString(PodPlan.graceOf(pod).toSeconds()))
                .setLogPath(container.getName() + "/" + given.attempt() + ".log")
                .setStdin(Boolean.TRUE.equals(container.getStdin()))
                .setStdinOnce(Boolean.TRUE.equals(container.getStdinOnce()))
                .setTty(Boolean.TRUE.equals(container.getTty()))
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setResources(resources(given.machineMemoryBytes()))
                        .setSecurityContext(securityContext(given)));
        given.environment()
                .forEach((key, value) ->
                        config.addEnvs(KeyValue.newBuilder().setKey(key).setValue(value)));
        return config.build();
    }

    String messagePath() {
        return requireNonNullElse(container.getTerminationMessagePath(), "/dev/termination-log");
    }

    private static List<String> expanded(List<String> words, Map<String, String> environment) {
        return words == null
                ? List.of()
                : words.stream()
                        .map(word -> VariableExpansion.expand(word, environment))
                        .toList();
    }

    LinuxContainerResources resources(long machineMemoryBytes) {
        ResourceAmounts amounts = ResourceAmounts.of(container);
        CgroupValues values =
                CgroupValues.of(amounts.cpuRequestMilli(), amounts.cpuLimitMilli(), amounts.memoryLimit());
        return LinuxContainerResources.newBuilder()
                .setCpuShares(values.cpuShares())
                .setCpuPeriod(values.cpuPeriodMicros())
                .setCpuQuota(values.cpuQuotaMicros())
                .setMemoryLimitInBytes(values.memoryLimitBytes())
                .setOomScoreAdj(QosClass.of(pod).oomScoreAdjustment(amounts.memoryRequest(), machineMemoryBytes))
                .build();
    }

    private LinuxContainerSecurityContext securityContext(Given given) {
        PodSecurityContext ofPod = requireNonNullElse(pod.getSpec().getSecurityContext(), new PodSecurityContext());
        boolean privileged = Boolean.TRUE.equals(security.getPrivileged());
        boolean unmasked = privileged || "Unmasked".equals(security.getProcMount());
        LinuxContainerSecurityContext.Builder context = LinuxContainerSecurityContext.newBuilder()
                .setPrivileged(privileged)
                .setNamespaceOptions(namespaces(given.processesOf()))
                .setReadonlyRootfs(Boolean.TRUE.equals(security.getReadOnlyRootFilesystem()))
                .setNoNewPrivs(!privileged && Boolean.FALSE.equals(security.getAllowPrivilegeEscalation()))
                .addAllSupplementalGroups(SandboxSpec.groups(ofPod))
                .addAllMaskedPaths(unmasked ? List.of() : SecurityProfiles.MASKED_PATHS)
                .addAllReadonlyPaths(unmasked ? List.of() : SecurityProfiles.READONLY_PATHS)
                .setSeccomp(SecurityProfiles.of(
                        security.getSeccompProfile() == null ? ofPod.getSeccompProfile() : security.getSeccompProfile(),
                        given.kubelet()));
        if (security.getCapabilities() != null) {
            context.setCapabilities(Capability.newBuilder()
                    .addAllAddCapabilities(
                            requireNonNullElse(security.getCapabilities().getAdd(), List.of()))
                    .addAllDropCapabilities(
                            requireNonNullElse(security.getCapabilities().getDrop(), List.of())));
        }
        runAsUser(ofPod).ifPresent(user -> {
            context.setRunAsUser(Int64Value.newBuilder().setValue(user));
            Optional.ofNullable(security.getRunAsGroup() == null ? ofPod.getRunAsGroup() : security.getRunAsGroup())
                    .ifPresent(group ->
                            context.setRunAsGroup(Int64Value.newBuilder().setValue(group)));
        });
        return context.build();
    }

    private NamespaceOption namespaces(Optional<String> processesOf) {
        NamespaceOption ofPod = new SandboxSpec(pod).namespaces();
        return processesOf
                .map(target -> ofPod.toBuilder()
                        .setPid(NamespaceMode.TARGET)
                        .setTargetId(target)
                        .build())
                .orElse(ofPod);
    }

    private Optional<Long> runAsUser(PodSecurityContext ofPod) {
        return Optional.ofNullable(security.getRunAsUser() == null ? ofPod.getRunAsUser() : security.getRunAsUser());
    }

    /** @throws SetupFailed when the container must not run as root and would */
    void checkUser(Image image) {
        PodSecurityContext ofPod = requireNonNullElse(pod.getSpec().getSecurityContext(), new PodSecurityContext());
        Boolean nonRoot = security.getRunAsNonRoot() == null ? ofPod.getRunAsNonRoot() : security.getRunAsNonRoot();
        if (!Boolean.TRUE.equals(nonRoot)) {
            return;
        }
        Optional<Long> user = runAsUser(ofPod);
        if (user.isPresent()) {
            if (user.get() == 0) {
                throw new SetupFailed(REASON, "container's runAsUser breaks non-root policy");
            }
        } else if (!image.getUsername().isEmpty() && !image.getUsername().matches("[0-9]+")) {
            throw new SetupFailed(
                    REASON,
                    "container has runAsNonRoot and image has non-numeric user (%s), cannot verify user is non-root"
                            .formatted(image.getUsername()));
        } else if (image.getUid().getValue() == 0) {
            throw new SetupFailed(REASON, "container has runAsNonRoot and image will run as root");
        }
    }
}
