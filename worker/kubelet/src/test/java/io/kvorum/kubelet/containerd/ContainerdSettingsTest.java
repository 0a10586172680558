package io.kvorum.kubelet.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.registry.Registries;
import io.kvorum.kubelet.registry.RegistryHosts;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ContainerdSettingsTest {
    private static final ContainerdPrograms PROGRAMS = new ContainerdPrograms(
            Path.of("/usr/bin/containerd"),
            Path.of("/usr/bin/ctr"),
            Path.of("/usr/sbin/runc"),
            Path.of("/usr/lib/cni"));

    private static final RegistryHosts NONE = new RegistryHosts(Registries.NONE);

    @Test
    void theRuntimeKeepsItsThingsWhereK3sDoes() {
        NodePaths paths = NodePaths.under(Path.of("/var/lib/rancher/k3s"));

        String toml =
                new ContainerdSettings(paths, PROGRAMS, "rancher/mirrored-pause:3.6", true, true, 10010, NONE).toToml();

        assertThat(toml)
                .contains("root = \"/var/lib/rancher/k3s/agent/containerd\"")
                .contains("state = \"/run/k3s/containerd\"")
                .contains("address = \"/run/k3s/containerd/containerd.sock\"")
                .contains("conf_dir = \"/var/lib/rancher/k3s/agent/etc/cni/net.d\"")
                .contains("sandbox_image = \"rancher/mirrored-pause:3.6\"");
    }

    @Test
    void anOomScoreIsOnlyLeftAloneWhereItCannotBeLowered() {
        NodePaths paths = NodePaths.under(Path.of("/data"));

        assertThat(new ContainerdSettings(paths, PROGRAMS, "pause", true, false, 0, NONE).toToml())
                .contains("restrict_oom_score_adj = true")
                .contains("disable_apparmor = false");
        assertThat(new ContainerdSettings(paths, PROGRAMS, "pause", false, true, 0, NONE).toToml())
                .contains("restrict_oom_score_adj = false")
                .contains("disable_apparmor = true");
    }
}
