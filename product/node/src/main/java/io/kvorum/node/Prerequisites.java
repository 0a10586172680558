package io.kvorum.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Checks that a machine has what a node needs. */
public final class Prerequisites {
    /** @param detail where it is, or how to get it */
    public record Finding(String what, boolean isMet, String detail) {}

    private Prerequisites() {}

    public static List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        findings.add(root());
        findings.add(program("containerd", "containerd"));
        findings.add(program("runc", "runc"));
        findings.add(program("nft", "nftables"));
        findings.add(program("iptables", "iptables"));
        findings.add(file("CNI plugins", Path.of("/usr/lib/cni/bridge"), "containernetworking-plugins"));
        findings.add(cgroups());
        findings.add(overlay());
        return findings;
    }

    private static Finding root() {
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        return new Finding("user", isRoot, isRoot ? "root" : "run it as root");
    }

    private static Finding program(String name, String debianPackage) {
        return find(name)
                .map(path -> new Finding(name, true, path.toString()))
                .orElseGet(() -> new Finding(name, false, "install the Debian package " + debianPackage));
    }

    static Optional<Path> find(String program) {
        return Arrays.stream((System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Finding file(String what, Path file, String debianPackage) {
        boolean isThere = Files.exists(file);
        return new Finding(what, isThere, isThere ? file.toString() : "install the Debian package " + debianPackage);
    }

    private static Finding cgroups() {
        Path v2 = Path.of("/sys/fs/cgroup/cgroup.controllers");
        Path v1 = Path.of("/sys/fs/cgroup/memory");
        boolean isMet = Files.exists(v2) || Files.exists(v1);
        return new Finding("cgroups", isMet, Files.exists(v2) ? "v2" : isMet ? "v1" : "mount them at /sys/fs/cgroup");
    }

    private static Finding overlay() {
        try {
            boolean isMet = Files.readString(Path.of("/proc/filesystems")).contains("overlay");
            return new Finding("overlayfs", isMet, isMet ? "in the kernel" : "load it with modprobe overlay");
        } catch (IOException e) {
            return new Finding("overlayfs", false, "cannot read /proc/filesystems: " + e.getMessage());
        }
    }
}
