package io.kvorum.node;

import io.kvorum.engine.AutoCompaction;
import io.kvorum.engine.EngineConfig;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.JRaftLogConfig.Timings;
import io.kvorum.node.config.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * etcd's own settings, in etcd's spelling, as {@code --etcd-arg} hands them on.
 *
 * @param values by the names of etcd's flags, without dashes
 */
public record EtcdArguments(Map<String, String> values) {
    public EtcdArguments {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** @throws StartFailure when they make no sense; so do the others */
    public Timings timings() {
        int heartbeat =
                number("heartbeat-interval", (int) Timings.DEFAULT.heartbeat().toMillis());
        int election =
                number("election-timeout", (int) Timings.DEFAULT.election().toMillis());
        try {
            return new Timings(Duration.ofMillis(heartbeat), Duration.ofMillis(election));
        } catch (IllegalArgumentException e) {
            throw new StartFailure("--etcd-arg: " + e.getMessage(), e);
        }
    }

    public int snapshotEntries() {
        return number("snapshot-count", JRaftLogConfig.SNAPSHOT_ENTRIES);
    }

    private int number(String name, int otherwise) {
        String text = values.get(name);
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new StartFailure("--etcd-arg %s must be a number, not \"%s\"".formatted(name, text), e);
        }
    }

    /** A store with its data in this folder. */
    public EngineConfig engine(Path folder) {
        EngineConfig config = EngineConfig.in(folder).withAutoCompaction(autoCompaction());
        // as etcd, where a request may live through two elections
        Duration twoElections = Duration.ofSeconds(5).plus(timings().election().multipliedBy(2));
        if (twoElections.compareTo(config.requestDeadline()) > 0) {
            config = config.withRequestDeadline(twoElections);
        }
        String quota = values.get("quota-backend-bytes");
        if (quota == null || quota.equals("0")) {
            return config;
        }
        try {
            return config.withQuotaBytes(Long.parseLong(quota));
        } catch (NumberFormatException e) {
            throw new StartFailure("--etcd-arg quota-backend-bytes must be a number of bytes, not " + quota, e);
        }
    }

    /** As etcd: a bare number is hours in periodic mode and revisions in revision mode; none or 0 means never. */
    private AutoCompaction autoCompaction() {
        String retention = values.getOrDefault("auto-compaction-retention", "0");
        String mode = values.getOrDefault("auto-compaction-mode", "periodic");
        if (retention.equals("0")) {
            return AutoCompaction.NONE;
        }
        boolean isNumber = retention.chars().allMatch(Character::isDigit);
        try {
            return switch (mode) {
                case "periodic" ->
                    new AutoCompaction.Periodic(
                            isNumber ? Duration.ofHours(Long.parseLong(retention)) : GoDuration.parse(retention));
                case "revision" -> new AutoCompaction.Revisions(Long.parseLong(retention));
                default ->
                    throw new StartFailure(
                            "--etcd-arg auto-compaction-mode is periodic or revision, not \"%s\"".formatted(mode));
            };
        } catch (IllegalArgumentException e) {
            throw new StartFailure(
                    "--etcd-arg auto-compaction-retention \"%s\" does not fit mode %s".formatted(retention, mode), e);
        }
    }
}
