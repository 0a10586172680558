package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.kvorum.cri.runtime.SecurityProfile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Seccomp profiles and hidden paths in the runtime's terms. Pure. */
final class SecurityProfiles {
    static final java.util.List<String> MASKED_PATHS = java.util.List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/devices/virtual/powercap",
            "/sys/firmware");
    static final java.util.List<String> READONLY_PATHS =
            java.util.List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private SecurityProfiles() {}

    static SecurityProfile runtimeDefault() {
        return profile(SecurityProfile.ProfileType.RuntimeDefault);
    }

    /** Without one, none applies: upstream's default unless the node is told otherwise. */
    static SecurityProfile of(@Nullable SeccompProfile wanted, Path kubelet) {
        if (wanted == null || wanted.getType() == null) {
            return profile(SecurityProfile.ProfileType.Unconfined);
        }
        return switch (wanted.getType()) {
            case "RuntimeDefault" -> runtimeDefault();
            case "Localhost" ->
                SecurityProfile.newBuilder()
                        .setProfileType(SecurityProfile.ProfileType.Localhost)
                        .setLocalhostRef(kubelet.resolve("seccomp")
                                .resolve(wanted.getLocalhostProfile())
                                .toString())
                        .build();
            default -> profile(SecurityProfile.ProfileType.Unconfined);
        };
    }

    private static SecurityProfile profile(SecurityProfile.ProfileType type) {
        return SecurityProfile.newBuilder().setProfileType(type).build();
    }
}
