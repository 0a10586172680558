package io.kvorum.kubelet;

import java.nio.file.Path;

/** Where the node agent keeps its things; the same places as K3s. */
public record NodePaths(Path agent, Path kubelet, Path run, Path podLogs, Path containerLogs) {
    /** The places of a normal install, for a data folder such as {@code /var/lib/rancher/k3s}. */
    public static NodePaths under(Path data) {
        return new NodePaths(
                data.resolve("agent"),
                Path.of("/var/lib/kubelet"),
                Path.of("/run/k3s"),
                Path.of("/var/log/pods"),
                Path.of("/var/log/containers"));
    }

    public Path images() {
        return agent.resolve("images");
    }

    public Path staticPods() {
        return agent.resolve("pod-manifests");
    }

    public Path containerdConfig() {
        return agent.resolve("etc/containerd/config.toml");
    }

    /** Which socket crictl asks on this node. */
    public Path crictlConfig() {
        return agent.resolve("etc/crictl.yaml");
    }

    public Path registryHosts() {
        return agent.resolve("etc/containerd/certs.d");
    }

    public Path cniConfig() {
        return agent.resolve("etc/cni/net.d");
    }

    public Path containerdRoot() {
        return agent.resolve("containerd");
    }

    public Path containerdLog() {
        return containerdRoot().resolve("containerd.log");
    }

    public Path containerdRun() {
        return run.resolve("containerd");
    }

    public Path containerdSocket() {
        return containerdRun().resolve("containerd.sock");
    }

    public Path pods() {
        return kubelet.resolve("pods");
    }

    public Path pod(String uid) {
        return pods().resolve(uid);
    }
}
