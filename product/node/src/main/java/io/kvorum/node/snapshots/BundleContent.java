package io.kvorum.node.snapshots;

import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a bundle keeps sealed beside the database: the cluster's token, the configuration and the manifests of a server.
 * Immutable; its text hides them.
 *
 * @param files texts by their names: {@code config/...} and {@code manifests/...}
 */
public record BundleContent(String token, SortedMap<String, String> files) {
    private static final long MOST_BYTES = 16L << 20;
    private static final int MOST_FILES = 1000;
    private static final Pattern NAME = Pattern.compile("(config|manifests)(/[A-Za-z0-9_][A-Za-z0-9._ @+-]*)+");
    /** What is another machine's. */
    private static final Set<String> OF_ONE_MACHINE =
            Set.of("server", "node-ip", "node-external-ip", "advertise-address", "bind-address", "cluster-init");

    public BundleContent {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /** @param config such as {@code /etc/rancher/k3s} */
    public record Folders(Path config, Path manifests) {
        Path place(String name) {
            int slash = name.indexOf('/');
            return (name.startsWith("config/") ? config : manifests).resolve(name.substring(slash + 1));
        }
    }

    /** Reads it from a server's disk. */
    static BundleContent of(String token, Folders folders) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        for (String each : List.of("config.yaml", "registries.yaml")) {
            if (Files.isRegularFile(folders.config().resolve(each))) {
                files.put("config/" + each, Files.readString(folders.config().resolve(each)));
            }
        }
        add("config/config.yaml.d", folders.config().resolve("config.yaml.d"), files);
        add("manifests", folders.manifests(), files);
        long bytes = files.values().stream().mapToLong(String::length).sum();
        if (bytes > MOST_BYTES || files.size() > MOST_FILES) {
            throw new SnapshotRefused("%d files of configuration and manifests with %d MiB are more than fits a bundle"
                    .formatted(files.size(), bytes >> 20));
        }
        return new BundleContent(token, files);
    }

    private static void add(String prefix, Path folder, SortedMap<String, String> files) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file :
                    found.filter(Files::isRegularFile).limit(MOST_FILES + 1).toList()) {
                String name = prefix + "/" + folder.relativize(file);
                if (NAME.matcher(name).matches()) {
                    files.put(name, Files.readString(file));
                }
            }
        }
    }

    byte[] toBytes() {
        ObjectNode document = JsonMapper.shared().createObjectNode().put("token", token);
        ObjectNode texts = document.putObject("files");
        files.forEach((name, text) ->
                texts.put(name, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }

    static BundleContent parse(byte[] bytes) {
        try {
            JsonNode document = JsonMapper.shared().readTree(bytes);
            SortedMap<String, String> files = new TreeMap<>();
            document.path("files").properties().forEach(each -> {
                if (NAME.matcher(each.getKey()).matches()) {
                    byte[] text = Base64.getDecoder().decode(each.getValue().asString(""));
                    files.put(each.getKey(), new String(text, StandardCharsets.UTF_8));
                }
            });
            return new BundleContent(document.path("token").asString(""), files);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new SnapshotRefused("the bundle's sealed part is not of this program", e);
        }
    }

    /**
     * Writes configuration and manifests to this machine's disk. A file that is there and differs stays, and the bundle's
     * is put beside it; settings of one machine become comments.
     */
    void put(Folders folders, Consumer<String> notes) throws IOException {
        for (var entry : files.entrySet()) {
            Path target = folders.place(entry.getKey());
            String text = isConfiguration(entry.getKey()) ? forAnyMachine(entry.getValue()) : entry.getValue();
            if (Files.exists(target) && Files.readString(target).equals(text)) {
                continue;
            }
            Path free = Files.exists(target) ? target.resolveSibling(target.getFileName() + ".from-bundle") : target;
            SecretFile.write(free, text, "rw-------");
            notes.accept(
                    free.equals(target)
                            ? "wrote " + target
                            : "%s is there already; the bundle's is %s".formatted(target, free));
        }
    }

    private static boolean isConfiguration(String name) {
        return name.startsWith("config/config.yaml");
    }

    /** Addresses, and the server that was joined by, are those of the machine that was lost. */
    static String forAnyMachine(String yaml) {
        var out = new StringBuilder();
        boolean isLeftOut = false;
        for (String line : yaml.lines().toList()) {
            boolean goesOn = line.startsWith(" ") || line.startsWith("-") || line.isBlank();
            if (!goesOn) {
                String key = line.split(":", 2)[0].strip().replaceAll("[\"'+]", "");
                isLeftOut = OF_ONE_MACHINE.contains(key);
            }
            out.append(isLeftOut && !line.isBlank() ? "# of the machine that was saved: " : "")
                    .append(line)
                    .append('\n');
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return files.keySet().toString();
    }
}
