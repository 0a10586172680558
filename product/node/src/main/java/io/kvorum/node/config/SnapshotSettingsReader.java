package io.kvorum.node.config;

import io.kvorum.snapshot.schedule.CronTimes;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Turns settings into {@link SnapshotSettings}; each default is written here, once. Used by one thread. */
final class SnapshotSettingsReader {
    private static final String CRON = "0 */12 * * *";
    private static final int RETENTION = 5;
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Settings settings;

    SnapshotSettingsReader(Settings settings) {
        this.settings = settings;
    }

    SnapshotSettings read() {
        Path own = Path.of(settings.text("data-dir", "/var/lib/rancher/k3s"))
                .toAbsolutePath()
                .resolve("server/db/snapshots");
        Path folder = settings.text("etcd-snapshot-dir")
                .map(text -> Path.of(text).toAbsolutePath())
                .orElse(own);
        String prefix = settings.text("etcd-snapshot-name", "etcd-snapshot");
        if (!PREFIX.matcher(prefix).matches()) {
            settings.problem("--etcd-snapshot-name must be letters, digits, \"-\", \"_\" and \".\", not \"%s\""
                    .formatted(prefix));
        }
        return new SnapshotSettings(
                !settings.isOn("etcd-disable-snapshots"),
                prefix,
                settings.parsed(
                        "etcd-snapshot-schedule-cron",
                        SnapshotSettingsReader::cron,
                        "five fields such as \"0 */12 * * *\"",
                        CRON),
                settings.parsed(
                        "etcd-snapshot-retention", SnapshotSettingsReader::count, "a number of at least 1", RETENTION),
                folder,
                folder.equals(own),
                settings.isOn("etcd-snapshot-compress"),
                settings.isOn("etcd-s3"),
                s3());
    }

    S3Options s3() {
        Map<String, String> given = new TreeMap<>();
        S3Options.NAMES.forEach(name -> settings.text("etcd-s3-" + name).ifPresent(text -> given.put(name, text)));
        S3Options options = S3Options.of(given);
        if (settings.isOn("etcd-s3") && options.secret().isEmpty()) {
            try {
                options.settings();
            } catch (IllegalArgumentException e) {
                settings.problem(String.valueOf(e.getMessage()));
            }
        }
        return options;
    }

    private static String cron(String text) {
        CronTimes.parse(text, ZoneOffset.UTC);
        return text;
    }

    private static int count(String text) {
        int count = Integer.parseInt(text);
        if (count < 1) {
            throw new IllegalArgumentException(text);
        }
        return count;
    }
}
