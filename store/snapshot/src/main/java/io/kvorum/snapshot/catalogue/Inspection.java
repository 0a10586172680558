package io.kvorum.snapshot.catalogue;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.EtcdBucket;
import io.kvorum.snapshot.SnapshotFacts;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.SnapshotStatus;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a look through a whole snapshot found: what a restore of it would bring. A value.
 *
 * @param clusterUid what Kubernetes tells clusters apart by, the uid of kube-system; empty when it has none
 * @param objects how many of Kubernetes there are alive, by kind
 * @param otherKeys how many keys are alive that hold no object of Kubernetes
 * @param nodes names of the cluster's nodes, at most a thousand
 * @param bootstrap the cluster's authorities, sealed to a token, by the names of their entries
 * @param isComplete whether all keys could be told apart; if not, the numbers of objects are too large
 */
public record Inspection(
        SnapshotStatus status,
        SnapshotFacts facts,
        String clusterUid,
        SortedMap<String, Long> objects,
        long otherKeys,
        List<String> nodes,
        SortedMap<String, Bytes> bootstrap,
        long leases,
        boolean isComplete) {
    private static final int MOST_NODES = 1000;
    private static final int MOST_KINDS = 10_000;
    /** Kinds past the most. */
    private static final String OTHER_KINDS = "other kinds";

    private static final Bytes SYSTEM_NAMESPACE = Bytes.utf8("/registry/namespaces/kube-system");
    /** In JSON and in protobuf alike; no other UUID is in a namespace. */
    private static final Pattern UID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final Bytes BOOTSTRAP = Bytes.utf8("/bootstrap/");
    /** Each token that is still good has one; their values are held in memory. */
    private static final int MOST_BOOTSTRAP = 16;

    public Inspection {
        objects = Collections.unmodifiableSortedMap(new TreeMap<>(objects));
        nodes = List.copyOf(nodes);
        bootstrap = Collections.unmodifiableSortedMap(new TreeMap<>(bootstrap));
    }

    /**
     * Reads the file through and believes nothing: its checksum, its pages and each of its records.
     *
     * @throws SnapshotDamaged when anything is not as it must be
     */
    public static Inspection of(Path file) {
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            return of(snapshot);
        }
    }

    static Inspection of(SnapshotFile snapshot) {
        var tally = new Tally();
        SnapshotStatus status = snapshot.status(tally::add);
        long[] leases = {0};
        snapshot.scan(EtcdBucket.LEASE, (id, lease) -> leases[0]++);
        return new Inspection(
                status,
                snapshot.facts(),
                tally.clusterUid,
                tally.objects,
                tally.otherKeys,
                List.copyOf(tally.nodes),
                tally.bootstrap,
                leases[0],
                !tally.alive.isFull());
    }

    /** All objects together. */
    public long objectCount() {
        return sum(objects);
    }

    static long sum(SortedMap<String, Long> objects) {
        return objects.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Counts while the history passes by. */
    private static final class Tally {
        private final SeenKeys alive = new SeenKeys();
        private final SortedMap<String, Long> objects = new TreeMap<>();
        private long otherKeys;
        private String clusterUid = "";
        private final SortedSet<String> nodes = new TreeSet<>();
        private final SortedMap<String, Bytes> bootstrap = new TreeMap<>();

        void add(RevisionKey at, boolean isDeletion, KeyValue record) {
            Bytes key = record.key().bytes();
            if (!isDeletion && key.equals(SYSTEM_NAMESPACE)) {
                Matcher uid = UID.matcher(record.value().utf8());
                clusterUid = uid.find() ? uid.group() : clusterUid;
            }
            if (key.startsWith(BOOTSTRAP)) {
                seal(key.slice(BOOTSTRAP.length(), key.length()).utf8(), isDeletion, record.value());
            }
            if (isDeletion ? alive.remove(key) : alive.add(key)) {
                count(key.utf8(), isDeletion ? -1 : 1);
            }
        }

        /** A copy, for what the record gives out keeps its whole page in memory. */
        private void seal(String name, boolean isDeletion, Bytes sealed) {
            if (isDeletion) {
                bootstrap.remove(name);
            } else if (bootstrap.containsKey(name) || bootstrap.size() < MOST_BOOTSTRAP) {
                bootstrap.put(name, Bytes.wrap(sealed.toByteArray()));
            }
        }

        private void count(String key, long change) {
            ObjectKind.of(key).ifPresentOrElse(kind -> ofKind(kind, change), () -> otherKeys += change);
            remember(key, ObjectKind.NODE_KEYS, nodes, change);
        }

        private void ofKind(String kind, long change) {
            objects.merge(
                    objects.containsKey(kind) || objects.size() < MOST_KINDS ? kind : OTHER_KINDS, change, Long::sum);
            objects.remove(kind, 0L);
        }

        private static void remember(String key, String prefix, SortedSet<String> names, long change) {
            if (key.startsWith(prefix)) {
                String name = key.substring(prefix.length());
                if (change < 0) {
                    names.remove(name);
                } else if (names.size() < MOST_NODES) {
                    names.add(name);
                }
            }
        }
    }
}
