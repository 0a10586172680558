package io.kvorum.kubelet.containerd;

import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.kubelet.registry.RegistryHosts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containerd of this node: started in a session of its own, adopted when a previous life of this process left it
 * running, restarted when it dies. One owner starts and closes it; {@link #isUp} may be asked from any thread.
 */
public final class Containerd implements AutoCloseable {
    private static final String OWN_VARIABLE = "CONTAINERD_";
    private static final Logger LOG = LoggerFactory.getLogger(Containerd.class);
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
    private static final long LARGEST_LOG_BYTES = 20L << 20;

    private final ContainerdSettings settings;
    private final Path pidFile;
    private volatile Optional<ProcessHandle> process = Optional.empty();
    private volatile boolean closing;
    private Thread keeper = Thread.currentThread();

    public Containerd(ContainerdSettings settings) {
        this.settings = settings;
        this.pidFile = settings.paths().containerdRun().resolve("containerd.pid");
    }

    /** The settings fitting this machine. */
    public static ContainerdSettings settingsFor(
            io.kvorum.kubelet.NodePaths paths, String pauseImage, int streamPort, RegistryHosts registries) {
        return new ContainerdSettings(
                paths,
                ContainerdPrograms.find(),
                pauseImage,
                MachineLimits.keepsOomScore(),
                MachineLimits.lacksAppArmor(),
                streamPort,
                registries);
    }

    /**
     * Returns when containerd answers.
     *
     * @throws ContainerdUnavailable when it does not within a minute
     */
    public void start() {
        boolean unchanged = writeConfiguration();
        Optional<ProcessHandle> previous = findPrevious();
        if (previous.isPresent() && unchanged && answers()) {
            process = previous;
            LOG.atInfo().addKeyValue("pid", previous.get().pid()).log("adopted the containerd that was running");
        } else {
            previous.ifPresent(Containerd::terminate);
            launch();
            awaitAnswer();
        }
        keeper = Thread.ofVirtual().name("containerd-keeper").start(this::keepAlive);
    }

    public boolean isUp() {
        return process.map(ProcessHandle::isAlive).orElse(false);
    }

    /** Writes config.toml; false if it differs from what a running containerd was started with. */
    private boolean writeConfiguration() {
        Path file = settings.paths().containerdConfig();
        try {
            for (Path folder : List.of(
                    file.getParent(),
                    settings.paths().registryHosts(),
                    settings.paths().cniConfig(),
                    settings.paths().containerdRoot(),
                    settings.paths().containerdRun())) {
                Files.createDirectories(folder);
            }
            settings.registries().writeInto(settings.paths().registryHosts());
            String wanted = ContainerdTemplate.render(file, settings.toToml());
            boolean unchanged = Files.exists(file) && Files.readString(file).equals(wanted);
            if (!unchanged) {
                writeSecret(file, wanted);
            }
            if (!Files.exists(settings.paths().crictlConfig())) {
                Files.writeString(settings.paths().crictlConfig(), crictlConfig());
            }
            return unchanged;
        } catch (IOException failure) {
            throw new ContainerdUnavailable(
                    "containerd's configuration %s cannot be written: %s".formatted(file, failure.getMessage()),
                    failure);
        }
    }

    /** It may hold credentials of registries. */
    private static void writeSecret(Path file, String text) throws IOException {
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
        if (Files.exists(file)) {
            Files.setPosixFilePermissions(file, ownerOnly);
        } else {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
        }
        Files.writeString(file, text);
    }

    /** For crictl without flags, ours or the one from Kubernetes; what the operator sets there with it stays. */
    private String crictlConfig() {
        return "runtime-endpoint: unix://%s%n".formatted(settings.paths().containerdSocket());
    }

    /** A pid alone may have been given to another process since; its command line tells. */
    private Optional<ProcessHandle> findPrevious() {
        try {
            long pid = Long.parseLong(Files.readString(pidFile).strip());
            String words = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
            return words.contains(settings.paths().containerdConfig().toString())
                    ? ProcessHandle.of(pid)
                    : Optional.empty();
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    private void launch() {
        Path log = settings.paths().containerdLog();
        ProcessBuilder builder = new ProcessBuilder(
                        "setsid",
                        settings.programs().containerd().toString(),
                        "-c",
                        settings.paths().containerdConfig().toString())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(ownVariables(builder.environment()));
        builder.environment().remove("NOTIFY_SOCKET");
        try {
            Process started = builder.start();
            process = Optional.of(started.toHandle());
            Files.writeString(pidFile, Long.toString(started.pid()));
            LOG.atInfo()
                    .addKeyValue("pid", started.pid())
                    .addKeyValue("log", log)
                    .log("started containerd");
        } catch (IOException failure) {
            throw new ContainerdUnavailable("containerd cannot be started: " + failure.getMessage(), failure);
        }
    }

    /** As in K3s: {@code CONTAINERD_HTTPS_PROXY} is {@code HTTPS_PROXY} for containerd alone, and so on. */
    static SortedMap<String, String> ownVariables(Map<String, String> environment) {
        SortedMap<String, String> own = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(OWN_VARIABLE) && name.length() > OWN_VARIABLE.length()) {
                own.put(name.substring(OWN_VARIABLE.length()), value);
            }
        });
        return own;
    }

    private void awaitAnswer() {
        long deadline = System.nanoTime() + START_DEADLINE.toNanos();
        while (System.nanoTime() < deadline) {
            if (answers()) {
                return;
            }
            if (!isUp()) {
                throw new ContainerdUnavailable("containerd ended right after its start; its last words are in "
                        + settings.paths().containerdLog());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        throw new ContainerdUnavailable("containerd does not answer on %s after %d s; see %s"
                .formatted(
                        settings.paths().containerdSocket(),
                        START_DEADLINE.toSeconds(),
                        settings.paths().containerdLog()));
    }

    private boolean answers() {
        if (!Files.exists(settings.paths().containerdSocket())) {
            return false;
        }
        try (CriClient client = new CriClient(settings.paths().containerdSocket())) {
            client.version();
            return true;
        } catch (CriException notYet) {
            return false;
        }
    }

    private void keepAlive() {
        Duration backoff = Duration.ofSeconds(1);
        while (!closing) {
            if (isUp()) {
                boundLog();
            } else {
                LOG.atWarn()
                        .addKeyValue("log", settings.paths().containerdLog())
                        .log("containerd ended, restarting it");
                try {
                    launch();
                    awaitAnswer();
                    backoff = Duration.ofSeconds(1);
                } catch (ContainerdUnavailable failure) {
                    LOG.atError().setCause(failure).log("containerd does not come back");
                    backoff = backoff.multipliedBy(2).compareTo(LONGEST_BACKOFF) > 0
                            ? LONGEST_BACKOFF
                            : backoff.multipliedBy(2);
                }
            }
            LockSupport.parkNanos(backoff.toNanos());
        }
    }

    /** containerd appends, so its log can be cut under it. */
    private void boundLog() {
        Path log = settings.paths().containerdLog();
        try {
            if (Files.exists(log) && Files.size(log) > LARGEST_LOG_BYTES) {
                Files.copy(
                        log, log.resolveSibling("containerd.log.1"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
            }
        } catch (IOException failure) {
            LOG.atWarn().setCause(failure).log("containerd's log cannot be cut");
        }
    }

    private static void terminate(ProcessHandle handle) {
        handle.destroy();
        try {
            handle.onExit().get(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException stuck) {
            handle.destroyForcibly();
        }
    }

    /** Stops containerd; shims and containers live on. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(keeper);
        process.ifPresent(Containerd::terminate);
        process = Optional.empty();
    }
}
