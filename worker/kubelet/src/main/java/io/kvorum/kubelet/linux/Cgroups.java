package io.kvorum.kubelet.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cgroups below {@code /kubepods} in every hierarchy of v1, or in the one of v2. Any thread. */
public final class Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(Cgroups.class);
    private static final List<String> HIERARCHIES =
            List.of("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "systemd");

    private final Path root;
    private final boolean unified;

    public Cgroups() {
        this(Path.of("/sys/fs/cgroup"));
    }

    Cgroups(Path root) {
        this.root = root;
        this.unified = Files.exists(root.resolve("cgroup.controllers"));
    }

    /** Makes a cgroup such as {@code /kubepods/burstable/podX} and gives it its values; what a kernel lacks is left out. */
    public void create(String path, CgroupValues values) {
        for (Path hierarchy : hierarchies()) {
            Path folder = hierarchy.resolve(path.substring(1));
            try {
                createFolders(hierarchy, folder);
            } catch (IOException failure) {
                LOG.atWarn().addKeyValue("cgroup", folder).setCause(failure).log("cgroup cannot be made");
            }
        }
        fileValues(values).forEach((file, value) -> write(path, file, value));
    }

    /** Controllers must be handed down, and cpuset copied down, on every level. */
    private void createFolders(Path hierarchy, Path folder) throws IOException {
        List<Path> levels = new ArrayList<>();
        Path reached = hierarchy;
        for (Path name : hierarchy.relativize(folder)) {
            reached = reached.resolve(name);
            levels.add(reached);
        }
        for (Path level : levels) {
            if (!Files.isDirectory(level)) {
                Files.createDirectory(level);
            }
            if (unified && !level.equals(folder)) {
                Files.writeString(level.resolve("cgroup.subtree_control"), "+cpu +memory +pids");
            }
            for (String inherited : List.of("cpuset.cpus", "cpuset.mems")) {
                Path own = level.resolve(inherited);
                if (!unified && Files.exists(own) && Files.readString(own).isBlank()) {
                    Files.writeString(own, Files.readString(level.resolveSibling(inherited)));
                }
            }
        }
    }

    /** File name relative to a hierarchy's folder -> what is written to it. */
    SortedMap<String, String> fileValues(CgroupValues values) {
        SortedMap<String, String> files = new TreeMap<>();
        if (unified) {
            files.put("cpu.weight", Long.toString(values.cpuWeight()));
            files.put(
                    "cpu.max",
                    (values.cpuQuotaMicros() > 0 ? Long.toString(values.cpuQuotaMicros()) : "max") + " "
                            + values.cpuPeriodMicros());
            files.put("memory.max", values.memoryLimitBytes() > 0 ? Long.toString(values.memoryLimitBytes()) : "max");
        } else {
            files.put("cpu/cpu.shares", Long.toString(values.cpuShares()));
            if (values.cpuQuotaMicros() > 0) {
                files.put("cpu/cpu.cfs_period_us", Long.toString(values.cpuPeriodMicros()));
                files.put("cpu/cpu.cfs_quota_us", Long.toString(values.cpuQuotaMicros()));
            }
            if (values.memoryLimitBytes() > 0) {
                files.put("memory/memory.limit_in_bytes", Long.toString(values.memoryLimitBytes()));
            }
        }
        return files;
    }

    private void write(String path, String file, String value) {
        int slash = file.indexOf('/');
        Path target = unified
                ? root.resolve(path.substring(1)).resolve(file)
                : root.resolve(file.substring(0, slash))
                        .resolve(path.substring(1))
                        .resolve(file.substring(slash + 1));
        try {
            if (Files.exists(target)) {
                Files.writeString(target, value);
            }
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("file", target).addKeyValue("value", value).log("cgroup value was refused");
        }
    }

    /** Removes a cgroup and what is below it; a process still in it keeps it alive, and the next call tries again. */
    public void remove(String path) {
        for (Path hierarchy : hierarchies()) {
            Path folder = hierarchy.resolve(path.substring(1));
            if (Files.isDirectory(folder)) {
                try (Stream<Path> below = Files.walk(folder)) {
                    List<Path> folders = below.filter(Files::isDirectory)
                            .sorted(java.util.Comparator.reverseOrder())
                            .toList();
                    for (Path each : folders) {
                        Files.deleteIfExists(each);
                    }
                } catch (IOException busy) {
                    LOG.atDebug().addKeyValue("cgroup", folder).log("cgroup cannot be removed yet");
                }
            }
        }
    }

    /** The pod uids that have a cgroup, whatever their class. */
    public List<String> podUids() {
        return hierarchies().stream()
                .flatMap(hierarchy -> Stream.of("kubepods", "kubepods/burstable", "kubepods/besteffort")
                        .map(hierarchy::resolve))
                .flatMap(Cgroups::children)
                .filter(name -> name.startsWith("pod"))
                .map(name -> name.substring(3))
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<String> children(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).toList().stream();
        } catch (IOException notThere) {
            return Stream.empty();
        }
    }

    private List<Path> hierarchies() {
        if (unified) {
            return List.of(root);
        }
        return HIERARCHIES.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .toList();
    }
}
