package io.kvorum.node.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.model.Bytes;
import io.kvorum.pki.BootstrapCipher;
import io.kvorum.pki.ValueCipher;
import io.kvorum.snapshot.SnapshotWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class NamespaceRestoreTest {
    private static final String SHOP = "/api/v1/namespaces/shop";

    @TempDir
    private Path folder;

    private String password = "secret";
    private final MemoryCluster cluster = new MemoryCluster();
    private final NamespaceRestore restore = new NamespaceRestore(cluster, () -> password, BuiltInCatalogue.load());
    private Path snapshot;

    @BeforeEach
    void save() {
        Map<String, String> objects = new TreeMap<>();
        objects.put(
                "/registry/namespaces/shop",
                object("v1", "Namespace", "", "shop", "'spec':{'finalizers':['kubernetes']}"));
        objects.put("/registry/configmaps/shop/c", object("v1", "ConfigMap", "shop", "c", "'data':{'a':'b'}"));
        objects.put(
                "/registry/configmaps/shop/kube-root-ca.crt",
                object("v1", "ConfigMap", "shop", "kube-root-ca.crt", ""));
        objects.put("/registry/configmaps/other/c", object("v1", "ConfigMap", "other", "c", ""));
        objects.put(
                "/registry/deployments/shop/web",
                object("apps/v1", "Deployment", "shop", "web", "'spec':{'replicas':2},'status':{'replicas':2}"));
        objects.put(
                "/registry/replicasets/shop/web-1",
                object("apps/v1", "ReplicaSet", "shop", "web-1", "")
                        .replace("\"uid\"", "\"ownerReferences\":[{\"controller\":true}],\"uid\""));
        objects.put("/registry/services/specs/shop/s", object("v1", "Service", "shop", "s", ""));
        objects.put("/registry/services/endpoints/shop/s", object("v1", "Endpoints", "shop", "s", ""));
        objects.put("/registry/example.com/widgets/shop/w", object("example.com/v1", "Widget", "shop", "w", ""));
        snapshot = folder.resolve("on-demand-h1-1");
        SnapshotWriter.write(snapshot, new SnapshotOf(objects));
    }

    @Test
    void theNamespaceComesFirstAndWhatControllersMakeIsLeftToThem() {
        NamespaceRestore.Outcome outcome = restore.run(snapshot, "shop", false);

        assertThat(outcome.created())
                .containsExactly("namespaces/shop", "configmaps/c", "services/s", "deployments/web", "widgets/w");
        assertThat(outcome.failed()).isEmpty();
        assertThat(cluster.objects)
                .containsOnlyKeys(
                        SHOP,
                        SHOP + "/configmaps/c",
                        SHOP + "/services/s",
                        "/apis/apps/v1/namespaces/shop/deployments/web",
                        "/apis/example.com/v1/namespaces/shop/widgets/w");
        ObjectNode web = cluster.objects.get("/apis/apps/v1/namespaces/shop/deployments/web");
        assertThat(web.has("status")).isFalse();
        assertThat(web.path("metadata").has("uid")).isFalse();
        assertThat(web.path("spec").path("replicas").asInt()).isEqualTo(2);
    }

    @Test
    void whatIsThereStaysAsItIsAndADryRunChangesNothing() {
        assertThat(restore.run(snapshot, "shop", true).created()).hasSize(5);
        assertThat(cluster.objects).isEmpty();

        restore.run(snapshot, "shop", false);
        cluster.objects.get(SHOP + "/configmaps/c").put("mine", true);

        assertThat(restore.run(snapshot, "shop", false).present()).hasSize(5);
        assertThat(cluster.objects.get(SHOP + "/configmaps/c").has("mine")).isTrue();
    }

    @Test
    void anEncryptedSecretComesBackByTheKeyOfItsTimeAndIsNamedWhenThereIsNone() {
        var encryption = """
                {"resources":[{"resources":["secrets"],"providers":[{"secretbox":{"keys":[
                {"name":"old","secret":"%s"}]}},{"identity":{}}]}]}
                """.formatted(Base64.getEncoder().encodeToString(new byte[32]));
        String document = "{\"EncryptionConfig\":{\"Content\":\"%s\"}}"
                .formatted(Base64.getEncoder().encodeToString(encryption.getBytes(StandardCharsets.UTF_8)));
        byte[] secret = ValueCipher.secretBox(new byte[32])
                .encrypt(
                        object("v1", "Secret", "shop", "bank", "'data':{'pin':'MTIzNA=='}")
                                .getBytes(StandardCharsets.UTF_8),
                        new Random(1));
        Map<String, Bytes> objects = new TreeMap<>();
        objects.put(
                BootstrapCipher.storageKey("secret"),
                Bytes.utf8(BootstrapCipher.encrypt("secret", document.getBytes(StandardCharsets.UTF_8))));
        objects.put(
                "/registry/secrets/shop/bank",
                Bytes.utf8("k8s:enc:secretbox:v1:old:").concat(Bytes.wrap(secret)));
        SnapshotWriter.write(snapshot, SnapshotOf.values(objects));

        assertThat(restore.run(snapshot, "shop", false).created()).containsExactly("secrets/bank");
        assertThat(cluster.objects
                        .get(SHOP + "/secrets/bank")
                        .path("data")
                        .path("pin")
                        .asString())
                .isEqualTo("MTIzNA==");
        password = "of another time";
        NamespaceRestore.Outcome outcome = restore.run(snapshot, "shop", false);
        assertThat(outcome.created()).isEmpty();
        assertThat(outcome.failed()).singleElement().asString().startsWith("secrets/bank: is encrypted by a key");
    }

    @Test
    void aNamespaceThatIsNotInTheSnapshotIsRefused() {
        assertThatThrownBy(() -> restore.run(snapshot, "nowhere", false)).isInstanceOf(SnapshotRefused.class);
        assertThatThrownBy(() -> restore.run(snapshot, ".*", false)).isInstanceOf(SnapshotRefused.class);
    }

    private static String object(String version, String kind, String namespace, String name, String more) {
        return "{'kind':'%s','apiVersion':'%s','metadata':{'name':'%s'%s,'uid':'u'}%s}"
                .formatted(
                        kind,
                        version,
                        name,
                        namespace.isEmpty() ? "" : ",'namespace':'" + namespace + "'",
                        more.isEmpty() ? "" : "," + more)
                .replace('\'', '"');
    }
}
