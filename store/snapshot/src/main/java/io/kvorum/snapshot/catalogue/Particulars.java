package io.kvorum.snapshot.catalogue;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was known of a snapshot when it was saved, kept in a small file beside it. A value.
 *
 * @param hash as etcdctl shows it
 * @param tokenHash by which the token can be told that opens the cluster's authorities in it; empty when not known
 * @param objects how many of Kubernetes were alive, by kind
 */
public record Particulars(
        String node,
        Instant takenAt,
        long revision,
        String hash,
        long entries,
        long uncompressedBytes,
        String tokenHash,
        SortedMap<String, Long> objects) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    public Particulars {
        objects = Collections.unmodifiableSortedMap(new TreeMap<>(objects));
    }

    /** All objects together. */
    public long objectCount() {
        return Inspection.sum(objects);
    }

    static Particulars of(String node, Instant takenAt, String tokenHash, Inspection seen) {
        return new Particulars(
                node,
                takenAt,
                seen.status().revision().value(),
                seen.status().hashText(),
                seen.status().totalKeys(),
                seen.status().totalBytes(),
                tokenHash,
                seen.objects());
    }

    String toJson() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("node", node);
        tree.put("takenAt", takenAt.toString());
        tree.put("revision", revision);
        tree.put("hash", hash);
        tree.put("entries", entries);
        tree.put("uncompressedBytes", uncompressedBytes);
        tree.put("tokenHash", tokenHash);
        ObjectNode kinds = tree.putObject("objects");
        objects.forEach(kinds::put);
        return JSON.writeValueAsString(tree) + "\n";
    }

    /** Empty when this is not of ours: the snapshot is no worse for it. */
    static Optional<Particulars> parse(String json) {
        try {
            var tree = JSON.readTree(json);
            SortedMap<String, Long> objects = new TreeMap<>();
            tree.path("objects")
                    .properties()
                    .forEach(each -> objects.put(each.getKey(), each.getValue().asLong()));
            return Optional.of(new Particulars(
                    tree.path("node").asString(),
                    Instant.parse(tree.path("takenAt").asString()),
                    tree.path("revision").asLong(),
                    tree.path("hash").asString(),
                    tree.path("entries").asLong(),
                    tree.path("uncompressedBytes").asLong(),
                    tree.path("tokenHash").asString(),
                    objects));
        } catch (JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
