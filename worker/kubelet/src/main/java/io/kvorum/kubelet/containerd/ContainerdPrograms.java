package io.kvorum.kubelet.containerd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The programs a node needs from its distribution, found once at start. */
public record ContainerdPrograms(Path containerd, Path ctr, Path runc, Path cniPlugins) {
    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/local/sbin"),
            Path.of("/usr/local/bin"),
            Path.of("/usr/sbin"),
            Path.of("/usr/bin"),
            Path.of("/sbin"),
            Path.of("/bin"));
    private static final List<Path> CNI_FOLDERS =
            List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"), Path.of("/usr/libexec/cni"));

    /** @throws ContainerdUnavailable naming everything that is missing and the Debian packages that bring it */
    public static ContainerdPrograms find() {
        List<String> missing = new ArrayList<>();
        List<String> packages = new ArrayList<>();
        Optional<Path> containerd = required("containerd", "containerd", missing, packages);
        Optional<Path> ctr = required("ctr", "containerd", missing, packages);
        Optional<Path> runc = required("runc", "runc", missing, packages);
        required("nft", "nftables", missing, packages);
        required("iptables", "iptables", missing, packages);
        Optional<Path> plugins = CNI_FOLDERS.stream()
                .filter(folder -> Files.isExecutable(folder.resolve("bridge")))
                .findFirst();
        if (plugins.isEmpty()) {
            missing.add("the CNI plugins (bridge, host-local, portmap, loopback)");
            packages.add("containernetworking-plugins");
        }
        if (!missing.isEmpty()) {
            throw new ContainerdUnavailable("the node needs " + String.join(", ", missing)
                    + ", which this machine does not have; run: apt-get install "
                    + String.join(" ", packages.stream().distinct().toList()));
        }
        return new ContainerdPrograms(
                containerd.orElseThrow(), ctr.orElseThrow(), runc.orElseThrow(), plugins.orElseThrow());
    }

    private static Optional<Path> required(String program, String pack, List<String> missing, List<String> packages) {
        Optional<Path> found = FOLDERS.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            missing.add(program);
            packages.add(pack);
        }
        return found;
    }
}
