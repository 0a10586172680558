package io.kvorum.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hosts of namespaces, made by proof/lab/lab, each with a small file system of its own. */
final class LabSite implements Site {
    private static final String DISK_SIZE = "size=512m";

    private final Path folder;
    private final int hosts;
    private final Path lab;
    private final String subnet;
    private final Shell shell;

    private LabSite(Path folder, int hosts, Path lab, Map<String, String> environment) {
        this.folder = folder;
        this.hosts = hosts;
        this.lab = lab;
        this.subnet = environment.getOrDefault("LAB_SUBNET", "");
        this.shell = new Shell(environment);
    }

    /** Why this machine can have no such hosts; empty when it can. */
    static Optional<String> whyNot() {
        var outcome = new Shell(Map.of()).run(List.of(tool().toString(), "check"));
        return outcome.exitCode() == 0
                ? Optional.empty()
                : Optional.of(outcome.text().strip());
    }

    /** LAB_NAME, LAB_SUBNET and LAB_DIR name the lab, if they are set. */
    static LabSite up(Path folder, int hosts) {
        Map<String, String> own = System.getenv();
        String name = own.getOrDefault("LAB_NAME", "tortur");
        Map<String, String> environment = Map.of(
                "LAB_NAME", name,
                "LAB_SUBNET", own.getOrDefault("LAB_SUBNET", "10.95.0"),
                "LAB_DIR",
                        own.getOrDefault(
                                "LAB_DIR",
                                Path.of(System.getProperty("java.io.tmpdir"), name + ".d")
                                        .toString()));
        var site = new LabSite(folder, hosts, tool(), environment);
        site.makeDisks();
        site.shell.run(List.of(site.lab.toString(), "down"));
        site.lab("up", Integer.toString(hosts));
        return site;
    }

    private static Path tool() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("proof/lab/lab"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "not inside a checkout: " + Path.of("").toAbsolutePath());
        }
        return folder.resolve("proof/lab/lab");
    }

    /** Before the hosts, which see what is mounted when they are switched on. */
    private void makeDisks() {
        for (int host = 1; host <= hosts; host++) {
            try {
                Files.createDirectories(disk(host));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            shell.must(List.of(
                    "mount",
                    "-t",
                    "tmpfs",
                    "-o",
                    DISK_SIZE,
                    "torture",
                    disk(host).toString()));
        }
    }

    private void lab(String... arguments) {
        List<String> command = new ArrayList<>(List.of(lab.toString()));
        command.addAll(List.of(arguments));
        shell.must(command);
    }

    private static String name(int host) {
        return "h" + host;
    }

    @Override
    public int hosts() {
        return hosts;
    }

    @Override
    public String address(int host) {
        return subnet + "." + (10 + host);
    }

    @Override
    public int clientPort(int host) {
        return 2379;
    }

    @Override
    public int peerPort(int host) {
        return 2380;
    }

    @Override
    public boolean isSecure() {
        return true;
    }

    @Override
    public List<String> commandPrefix(int host) {
        return List.of(
                "setpriv",
                "--pdeathsig",
                "KILL",
                "--",
                "env",
                "LAB_NAME=" + environment("LAB_NAME"),
                "LAB_SUBNET=" + subnet,
                "LAB_DIR=" + environment("LAB_DIR"),
                lab.toString(),
                "exec",
                name(host));
    }

    private String environment(String variable) {
        return shell.environment().getOrDefault(variable, "");
    }

    @Override
    public Path disk(int host) {
        return folder.resolve("disks").resolve(name(host));
    }

    @Override
    public boolean hasFaults() {
        return true;
    }

    @Override
    public void cut(int host, int peer) {
        lab("cut", name(host), name(peer));
    }

    @Override
    public void mute(int host, int peer) {
        lab("mute", name(host), name(peer));
    }

    @Override
    public void unplug(int host) {
        lab("cut", name(host));
    }

    @Override
    public void slow(int host, int delayMillis, int lossPercent) {
        lab("slow", name(host), Integer.toString(delayMillis), Integer.toString(lossPercent));
    }

    @Override
    public void heal(int host) {
        lab("heal", name(host));
    }

    @Override
    public void fillDisk(int host) {
        try (var out = Files.newOutputStream(ballast(host))) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            // no space is left, as it should be
        }
    }

    private Path ballast(int host) {
        return disk(host).resolve("ballast");
    }

    @Override
    public void freeDisk(int host) {
        try {
            Files.deleteIfExists(ballast(host));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        shell.run(List.of(lab.toString(), "down"));
        for (int host = 1; host <= hosts; host++) {
            shell.run(List.of("umount", disk(host).toString()));
        }
    }
}
