package io.kvorum.node.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.node.config.S3Options;
import io.kvorum.snapshot.s3.S3Settings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class BucketSecretTest {
    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets/";

    private final MemoryCluster cluster = new MemoryCluster();
    private final Map<String, ObjectNode> objects = cluster.objects;
    private final BucketSecret secret = new BucketSecret(cluster);

    @Test
    void theSecretsFieldsAreTheFlags() {
        put("etcd-s3-bucket", "backups");
        put("etcd-s3-endpoint", "minio.example:9000");
        put("etcd-s3-insecure", "true");
        put("etcd-s3-access-key", "key");
        put("etcd-s3-secret-key", "very-secret\n");

        S3Settings settings = secret.read("s3").settings();

        assertThat(settings.place().bucket()).isEqualTo("backups");
        assertThat(settings.connection().endpoint()).isEqualTo("minio.example:9000");
        assertThat(settings.connection().isPlain()).isTrue();
        assertThat(settings.credentials()).contains(new S3Settings.Credentials("key", "very-secret", ""));
        assertThat(secret.read("s3").toString()).doesNotContain("very-secret");
    }

    @Test
    void theAuthoritysCertificatesMayBeInAConfigMap() {
        put("etcd-s3-bucket", "backups");
        put("etcd-s3-endpoint-ca-name", "s3-ca");
        ObjectNode map = JsonMapper.shared().createObjectNode();
        map.putObject("data").put("ca.crt", "-----BEGIN CERTIFICATE-----");
        objects.put("/api/v1/namespaces/kube-system/configmaps/s3-ca", map);

        assertThat(secret.read("s3").settings().connection().authority()).startsWith("-----BEGIN");
    }

    @Test
    void aBucketNamedByAFlagMeansThatTheSecretDoesNotCount() {
        assertThat(S3Options.of(Map.of("config-secret", "s3")).secret()).contains("s3");
        assertThat(S3Options.of(Map.of("config-secret", "s3", "bucket", "b")).secret())
                .isEmpty();
    }

    @Test
    void aSecretThatIsMissingIsNamed() {
        assertThatThrownBy(() -> secret.read("s3"))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining(SECRETS + "s3");
    }

    private void put(String field, String value) {
        ObjectNode object = objects.computeIfAbsent(
                SECRETS + "s3", path -> JsonMapper.shared().createObjectNode());
        object.withObject("/data")
                .put(field, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    }
}
