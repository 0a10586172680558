package io.kvorum.kubelet.registry;

import io.kvorum.kubelet.registry.Registries.Access;
import io.kvorum.kubelet.registry.Registries.ClientCertificate;
import io.kvorum.kubelet.registry.Registries.Credentials;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads K3s's {@code registries.yaml}: {@code mirrors} and {@code configs}. One thread. */
final class RegistriesFile {
    private static final Logger LOG = LoggerFactory.getLogger(RegistriesFile.class);
    private static final int LIMIT_BYTES = 1 << 20;

    private static final Pattern REGISTRY =
            Pattern.compile("\\*|[A-Za-z0-9]([A-Za-z0-9._-]*)(:[0-9]+)?|\\[[0-9A-Fa-f:]+\\](:[0-9]+)?");

    private final Path file;

    private RegistriesFile(Path file) {
        this.file = file;
    }

    /**
     * {@link Registries#NONE} when the file is not there.
     *
     * @throws RegistriesUnreadable what is wrong with it and where
     */
    static Registries read(Path file) {
        return new RegistriesFile(file).read();
    }

    private Registries read() {
        Map<?, ?> document = document();
        onlyThese(document, "", Set.of("mirrors", "configs"));
        map(document, "mirrors").keySet().forEach(this::nameOfRegistry);
        map(document, "configs").keySet().forEach(this::nameOfRegistry);
        SortedMap<String, List<URI>> mirrors = new TreeMap<>();
        map(document, "mirrors").forEach((name, mirror) -> mirrors.put(String.valueOf(name), mirror(name, mirror)));
        SortedMap<String, Access> access = new TreeMap<>();
        map(document, "configs").forEach((host, config) -> access.put(String.valueOf(host), access(host, config)));
        return new Registries(mirrors, access);
    }

    /** A folder will be named so. */
    private void nameOfRegistry(Object name) {
        if (!REGISTRY.matcher(String.valueOf(name)).matches()) {
            throw wrong("a registry is a host with or without a port, or \"*\", not \"%s\"".formatted(name));
        }
    }

    private Map<?, ?> document() {
        try {
            if (Files.size(file) > LIMIT_BYTES) {
                throw wrong("is larger than %d bytes".formatted(LIMIT_BYTES));
            }
            Object loaded = new Load(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
            return loaded == null ? Map.of() : mapping(loaded, "");
        } catch (NoSuchFileException none) {
            return Map.of();
        } catch (IOException e) {
            throw new RegistriesUnreadable("cannot read %s: %s".formatted(file, e.getMessage()), e);
        } catch (YamlEngineException e) {
            String reason = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
            throw new RegistriesUnreadable("%s is not valid YAML: %s".formatted(file, reason), e);
        }
    }

    private List<URI> mirror(Object name, @Nullable Object given) {
        String where = "mirrors." + name;
        Map<?, ?> mirror = given == null ? Map.of() : mapping(given, where);
        onlyThese(mirror, where, Set.of("endpoint", "rewrite"));
        if (mirror.get("rewrite") != null) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("registry", name)
                    .log("rewrites of images' names are left out: this machine's containerd knows none");
        }
        return switch (mirror.get("endpoint")) {
            case null -> List.of();
            case List<?> list ->
                list.stream().map(each -> endpoint(where, each)).toList();
            case Object one -> List.of(endpoint(where, one));
        };
    }

    private URI endpoint(String where, Object given) {
        String text = given.toString().strip();
        try {
            URI url = new URI(text.contains("://") ? text : "https://" + text);
            boolean isWeb = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (isWeb && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // told below
        }
        throw wrong(
                "%s: endpoint must be a URL such as https://registry.local:5000, not \"%s\"".formatted(where, text));
    }

    private Access access(Object host, @Nullable Object given) {
        String where = "configs." + host;
        Map<?, ?> config = given == null ? Map.of() : mapping(given, where);
        onlyThese(config, where, Set.of("auth", "tls"));
        Map<?, ?> auth = map(config, "auth");
        onlyThese(auth, where + ".auth", Set.of("username", "password", "auth", "identity_token"));
        Map<?, ?> tls = map(config, "tls");
        onlyThese(tls, where + ".tls", Set.of("ca_file", "cert_file", "key_file", "insecure_skip_verify"));
        Optional<Path> certificate = path(tls, "cert_file");
        Optional<Path> key = path(tls, "key_file");
        if (certificate.isPresent() != key.isPresent()) {
            throw wrong(where + ".tls: cert_file and key_file belong together");
        }
        return new Access(
                auth.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Credentials(
                                text(auth, "username"),
                                text(auth, "password"),
                                text(auth, "auth"),
                                text(auth, "identity_token"))),
                path(tls, "ca_file"),
                certificate.flatMap(one -> key.map(other -> new ClientCertificate(one, other))),
                Boolean.parseBoolean(text(tls, "insecure_skip_verify")));
    }

    private Optional<Path> path(Map<?, ?> map, String key) {
        return Optional.of(text(map, key)).filter(text -> !text.isEmpty()).map(Path::of);
    }

    private static String text(Map<?, ?> map, String key) {
        Object value = map.get(key);
        return value == null ? "" : value.toString();
    }

    private Map<?, ?> map(Map<?, ?> parent, String key) {
        Object value = parent.get(key);
        return value == null ? Map.of() : mapping(value, key);
    }

    private Map<?, ?> mapping(Object value, String where) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw wrong("%s must hold keys and values".formatted(where.isEmpty() ? "the file" : where));
    }

    private void onlyThese(Map<?, ?> map, String where, Set<String> known) {
        map.keySet().stream()
                .map(String::valueOf)
                .filter(key -> !known.contains(key))
                .forEach(key -> LOG.atWarn()
                        .addKeyValue("file", file)
                        .addKeyValue("key", where.isEmpty() ? key : where + "." + key)
                        .log("a key that is not known is left out"));
    }

    private RegistriesUnreadable wrong(String what) {
        return new RegistriesUnreadable("%s: %s".formatted(file, what), null);
    }
}
