package io.kvorum.kubelet.registry;

import io.kvorum.kubelet.registry.Registries.Access;
import io.kvorum.kubelet.registry.Registries.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tells containerd about registries, in its own files; containerd reads them at each pull. One thread. */
public final class RegistryHosts {
    private static final String FIRST_LINE = "# Written at every start from registries.yaml.\n";
    /** containerd's name for all that have no folder of their own. */
    private static final String DEFAULT = "_default";

    private static final String FILE = "hosts.toml";

    private final Registries registries;

    public RegistryHosts(Registries registries) {
        this.registries = registries;
    }

    /** @throws RegistriesUnreadable what is wrong with the file; none at all is no error */
    public static RegistryHosts of(Path registriesFile) {
        return new RegistryHosts(RegistriesFile.read(registriesFile));
    }

    /** Makes the folder say just what the registries are; what others put there stays. */
    public void writeInto(Path folder) throws IOException {
        SortedMap<String, String> wanted = files();
        Files.createDirectories(folder);
        try (Stream<Path> present = Files.list(folder)) {
            for (Path each : present.toList()) {
                Path file = each.resolve(FILE);
                boolean isOurs =
                        Files.isRegularFile(file) && Files.readString(file).startsWith(FIRST_LINE);
                if (isOurs && !wanted.containsKey(each.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
        for (Map.Entry<String, String> each : wanted.entrySet()) {
            Path file = Files.createDirectories(folder.resolve(each.getKey())).resolve(FILE);
            Files.writeString(file, each.getValue());
        }
    }

    /** hosts.toml by the folder it belongs into. */
    SortedMap<String, String> files() {
        SortedMap<String, String> files = new TreeMap<>();
        for (String name : registries.names()) {
            files.put(name.equals(Registries.ALL_OTHERS) ? DEFAULT : name, hosts(name));
        }
        return files;
    }

    private String hosts(String name) {
        StringBuilder toml = new StringBuilder(FIRST_LINE);
        if (!name.equals(Registries.ALL_OTHERS)) {
            String host = name.equals("docker.io") ? "registry-1.docker.io" : name;
            toml.append("server = ").append(quoted(scheme(name) + host)).append('\n');
            toml.append(entrance(name));
        }
        for (URI mirror : registries.mirrors().getOrDefault(name, List.of())) {
            toml.append("\n[host.").append(quoted(mirror.toString())).append("]\n");
            toml.append("  capabilities = [\"pull\", \"resolve\"]\n");
            if (mirror.getPath() != null && mirror.getPath().length() > 1) {
                toml.append("  override_path = true\n");
            }
            toml.append(entrance(mirror.getAuthority()).indent(2));
        }
        return toml.toString();
    }

    /** As containerd does by itself: plain HTTP on this machine alone. */
    private static String scheme(String name) {
        return name.startsWith("localhost") || name.startsWith("127.") ? "http://" : "https://";
    }

    private String entrance(String host) {
        Access access = registries.access().get(host);
        if (access == null) {
            return "";
        }
        StringBuilder toml = new StringBuilder();
        access.authority()
                .ifPresent(file -> toml.append("ca = [").append(quoted(file)).append("]\n"));
        access.certificate()
                .ifPresent(pair -> toml.append("client = [[")
                        .append(quoted(pair.certificate()))
                        .append(", ")
                        .append(quoted(pair.key()))
                        .append("]]\n"));
        if (access.skipsVerification()) {
            toml.append("skip_verify = true\n");
        }
        return toml.toString();
    }

    /** What config.toml must hold besides: credentials, which have no place in the other files. */
    public String credentialsToml() {
        StringBuilder toml = new StringBuilder();
        registries
                .access()
                .forEach((host, access) -> access.credentials().ifPresent(credentials -> {
                    toml.append("\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.")
                            .append(quoted(host.equals("docker.io") ? "registry-1.docker.io" : host))
                            .append(".auth]\n");
                    words(credentials)
                            .forEach((key, value) -> value.ifPresent(word -> toml.append("  ")
                                    .append(key)
                                    .append(" = ")
                                    .append(quoted(word))
                                    .append('\n')));
                }));
        return toml.toString();
    }

    private static SortedMap<String, Optional<String>> words(Credentials credentials) {
        return new TreeMap<>(Map.of(
                "username", given(credentials.user()),
                "password", given(credentials.password()),
                "auth", given(credentials.auth()),
                "identitytoken", given(credentials.identityToken())));
    }

    private static Optional<String> given(String word) {
        return Optional.of(word).filter(text -> !text.isEmpty());
    }

    private static String quoted(Object value) {
        return "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
