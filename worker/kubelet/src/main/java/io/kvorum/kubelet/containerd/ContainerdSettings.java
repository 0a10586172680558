package io.kvorum.kubelet.containerd;

import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.registry.RegistryHosts;

/** What goes into containerd's config.toml; a value, rendered as text. */
public record ContainerdSettings(
        NodePaths paths,
        ContainerdPrograms programs,
        String pauseImage,
        boolean keepsOomScore,
        boolean lacksAppArmor,
        int streamPort,
        RegistryHosts registries) {

    /** The file, as containerd 1.6 and later read it. */
    public String toToml() {
        return """
                # Written at every start. Put your own version beside it as config.toml.tmpl.
                version = 2
                root = "%s"
                state = "%s"

                [grpc]
                  address = "%s"

                [plugins."io.containerd.internal.v1.opt"]
                  path = "%s"

                [plugins."io.containerd.grpc.v1.cri"]
                  stream_server_address = "127.0.0.1"
                  stream_server_port = "%d"
                  enable_selinux = false
                  enable_unprivileged_ports = true
                  enable_unprivileged_icmp = true
                  sandbox_image = "%s"
                  disable_apparmor = %s
                  restrict_oom_score_adj = %s
                  max_container_log_line_size = 16384

                [plugins."io.containerd.grpc.v1.cri".containerd]
                  snapshotter = "overlayfs"
                  default_runtime_name = "runc"

                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"

                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                  SystemdCgroup = false

                [plugins."io.containerd.grpc.v1.cri".cni]
                  bin_dir = "%s"
                  conf_dir = "%s"

                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "%s"
                """.formatted(
                                paths.containerdRoot(),
                                paths.containerdRun(),
                                paths.containerdSocket(),
                                paths.containerdRoot(),
                                streamPort,
                                pauseImage,
                                lacksAppArmor,
                                keepsOomScore,
                                programs.cniPlugins(),
                                paths.cniConfig(),
                                paths.registryHosts())
                + registries.credentialsToml();
    }
}
