package io.kvorum.node.snapshots;

import io.kvorum.node.config.S3Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The Secret of kube-system that says which bucket is meant, with the fields that K3s gives it. Any thread; blocks. */
public final class BucketSecret {
    private static final String FIELD = "etcd-s3-";
    private static final String NAMESPACE = "/api/v1/namespaces/kube-system/";

    private final SnapshotCluster cluster;

    public BucketSecret(SnapshotCluster cluster) {
        this.cluster = cluster;
    }

    /** @throws SnapshotRefused when there is no such Secret, or the API does not give it */
    S3Options read(String name) {
        Map<String, String> given = new TreeMap<>();
        data(NAMESPACE + "secrets/" + name).properties().forEach(each -> {
            if (each.getKey().startsWith(FIELD)) {
                given.put(each.getKey().substring(FIELD.length()), decoded(name, each.getValue()));
            }
        });
        String authorities = given.getOrDefault("endpoint-ca-name", "");
        if (!authorities.isEmpty()) {
            var text = new StringBuilder();
            data(NAMESPACE + "configmaps/" + authorities)
                    .properties()
                    .forEach(each -> text.append(each.getValue().asString("")).append('\n'));
            given.put("endpoint-ca", text.toString());
        }
        return S3Options.of(given);
    }

    private JsonNode data(String path) {
        try {
            return cluster.find(path)
                    .orElseThrow(() ->
                            new SnapshotRefused("--etcd-s3-config-secret needs %s, which is not there".formatted(path)))
                    .path("data");
        } catch (IOException e) {
            throw new SnapshotRefused("%s cannot be read: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static String decoded(String name, JsonNode value) {
        try {
            return new String(Base64.getDecoder().decode(value.asString("")), StandardCharsets.UTF_8).strip();
        } catch (IllegalArgumentException e) {
            throw new SnapshotRefused("the Secret %s holds a value that is not base64".formatted(name), e);
        }
    }
}
