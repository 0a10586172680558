package io.kvorum.node.config;

import io.kvorum.snapshot.s3.S3Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the {@code --etcd-s3-...} flags say, by their names without that beginning; its text hides them. Immutable. */
public final class S3Options {
    /** The flags that are understood. */
    public static final List<String> NAMES = List.of(
            "endpoint",
            "endpoint-ca",
            "skip-ssl-verify",
            "access-key",
            "secret-key",
            "session-token",
            "bucket",
            "bucket-lookup-type",
            "region",
            "folder",
            "proxy",
            "insecure",
            "config-secret",
            "retention",
            "timeout");

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final SortedMap<String, String> values;

    private S3Options(SortedMap<String, String> values) {
        this.values = Collections.unmodifiableSortedMap(values);
    }

    /** Takes what is understood, and leaves out what is empty. */
    public static S3Options of(Map<String, String> given) {
        SortedMap<String, String> values = new TreeMap<>(given);
        values.keySet().retainAll(NAMES);
        values.values().removeIf(String::isEmpty);
        return new S3Options(values);
    }

    /**
     * What the server's configuration says, for commands that work without a server; a part of it that cannot be read counts
     * as not said.
     *
     * @param file of the configuration; null for the one of the files
     */
    public static S3Options configured(ConfigurationFiles files, @Nullable Path file, Map<String, String> environment) {
        List<String> arguments = file == null ? List.of() : List.of("--config", file.toString());
        return new SnapshotSettingsReader(Settings.merge(OptionTable.server(), arguments, environment, files)).s3();
    }

    /** These, but for another place. */
    public S3Options at(String bucket, String folder) {
        SortedMap<String, String> moved = new TreeMap<>(values);
        moved.put("bucket", bucket);
        moved.put("folder", folder);
        return new S3Options(moved);
    }

    /** These, but for what others say. */
    public S3Options under(S3Options others) {
        SortedMap<String, String> both = new TreeMap<>(values);
        if (others.values.containsKey("access-key")) {
            // keys belong together
            both.remove("session-token");
        }
        both.putAll(others.values);
        return new S3Options(both);
    }

    /** The Secret that says the rest; a bucket named by a flag means that the flags are to count alone. */
    public Optional<String> secret() {
        return values.containsKey("bucket") ? Optional.empty() : Optional.ofNullable(values.get("config-secret"));
    }

    /** How many of a prefix are kept in the bucket; empty for as many as on the disk. */
    public Optional<Integer> retention() {
        return Optional.ofNullable(values.get("retention")).map(text -> {
            try {
                return Math.max(1, Integer.parseInt(text));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "--etcd-s3-retention must be a number, not \"%s\"".formatted(text), e);
            }
        });
    }

    /** @throws IllegalArgumentException when they do not suffice, or one cannot be understood */
    public S3Settings settings() {
        retention();
        if (text("bucket").isEmpty()) {
            throw new IllegalArgumentException(
                    secret().isPresent()
                            ? "the Secret of --etcd-s3-config-secret names no bucket, or cannot be read while no server runs; name it by --etcd-s3-bucket"
                            : "--etcd-s3 needs --etcd-s3-bucket");
        }
        if (text("access-key").isEmpty() != text("secret-key").isEmpty()) {
            throw new IllegalArgumentException("--etcd-s3-access-key and --etcd-s3-secret-key belong together");
        }
        return new S3Settings(
                new S3Settings.Place(
                        text("bucket"), values.getOrDefault("region", "us-east-1"), withoutSlashes(text("folder"))),
                connection(),
                text("access-key").isEmpty()
                        ? Optional.empty()
                        : Optional.of(new S3Settings.Credentials(
                                text("access-key"), text("secret-key"), text("session-token"))),
                timeout());
    }

    private S3Settings.Connection connection() {
        String endpoint = values.getOrDefault("endpoint", "s3.amazonaws.com");
        boolean isPlain = isOn("insecure") || endpoint.startsWith("http://");
        S3Settings.Lookup lookup =
                switch (values.getOrDefault("bucket-lookup-type", "auto").toLowerCase(Locale.ROOT)) {
                    case "auto" -> S3Settings.Lookup.AUTO;
                    case "dns" -> S3Settings.Lookup.DNS;
                    case "path" -> S3Settings.Lookup.PATH;
                    default -> throw new IllegalArgumentException("--etcd-s3-bucket-lookup-type is auto, dns or path");
                };
        return new S3Settings.Connection(
                withoutSlashes(endpoint.replaceFirst("^https?://", "")),
                lookup,
                isPlain,
                isOn("skip-ssl-verify"),
                text("endpoint-ca"),
                text("proxy"));
    }

    private Duration timeout() {
        String text = text("timeout");
        try {
            Duration timeout = text.isEmpty() ? TIMEOUT : GoDuration.parse(text);
            return timeout.isPositive() ? timeout : TIMEOUT;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--etcd-s3-timeout must be a time such as 5m, not \"%s\"".formatted(text), e);
        }
    }

    private String text(String name) {
        return values.getOrDefault(name, "");
    }

    private boolean isOn(String name) {
        return switch (values.getOrDefault(name, "false")) {
            case "true", "1", "t", "T", "TRUE", "True" -> true;
            default -> false;
        };
    }

    private static String withoutSlashes(String text) {
        return text.replaceAll("^/+|/+$", "");
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
