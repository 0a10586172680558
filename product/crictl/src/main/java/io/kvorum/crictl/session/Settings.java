package io.kvorum.crictl.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a run goes by: flags win over variables, variables over the file, the file over defaults. An immutable value.
 *
 * @param file the configuration in use, or the one to write
 */
public record Settings(
        Endpoint runtime, Endpoint images, boolean debug, boolean pullOnCreate, boolean pullOnRun, Path file) {
    private static final Path SYSTEM_FILE = Path.of("/etc/crictl.yaml");
    private static final String USUAL_ENDPOINT = "unix:///run/k3s/containerd/containerd.sock";

    /** The flags in front of the command; an empty text for one that is not given. */
    public record Flags(String config, String runtimeEndpoint, String imageEndpoint, boolean debug) {}

    public static Settings resolve(Flags flags, Map<String, String> environment) {
        Path file = file(flags, environment);
        ConfigFile config = ConfigFile.read(file);
        String runtime = firstOf(
                flags.runtimeEndpoint(),
                environment.getOrDefault("CONTAINER_RUNTIME_ENDPOINT", ""),
                config.text("runtime-endpoint"),
                USUAL_ENDPOINT);
        String images = firstOf(
                flags.imageEndpoint(),
                environment.getOrDefault("IMAGE_SERVICE_ENDPOINT", ""),
                config.text("image-endpoint"),
                runtime);
        return new Settings(
                Endpoint.parse(runtime),
                Endpoint.parse(images),
                flags.debug() || config.truth("debug"),
                config.truth("pull-image-on-create"),
                !config.truth("disable-pull-on-run"),
                file);
    }

    /** The node's own file is before the system's, which another Kubernetes may have left behind. */
    private static Path file(Flags flags, Map<String, String> environment) {
        String named = firstOf(flags.config(), environment.getOrDefault("CRI_CONFIG_FILE", ""));
        if (!named.isEmpty()) {
            Path file = Path.of(named);
            if (!flags.config().isEmpty() && Files.exists(file) && !Files.isReadable(file)) {
                throw new Failure("cannot read the configuration %s; run this as root".formatted(file));
            }
            return file;
        }
        Path own = DataFolder.of(environment).resolve("agent/etc/crictl.yaml");
        return Files.isReadable(own) ? own : SYSTEM_FILE;
    }

    private static String firstOf(String... texts) {
        return Stream.of(texts).filter(each -> !each.isEmpty()).findFirst().orElse("");
    }
}
