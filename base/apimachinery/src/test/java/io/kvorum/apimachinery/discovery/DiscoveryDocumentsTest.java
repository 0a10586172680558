package io.kvorum.apimachinery.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class DiscoveryDocumentsTest {
    private final JsonMapper mapper = new JsonMapper();
    private final DiscoveryDocuments documents = new DiscoveryDocuments(BuiltInCatalogue.load());

    @Test
    void theCoreGroupTellsItsVersionAndTheServersAddress() {
        same(documents.coreVersions("10.0.0.1:6443"), """
                {"kind":"APIVersions","versions":["v1"],
                 "serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"10.0.0.1:6443"}]}""");
    }

    @Test
    void aGroupTellsItsVersionsThePreferredFirst() {
        same(documents.group("autoscaling").orElseThrow(), """
                {"kind":"APIGroup","apiVersion":"v1","name":"autoscaling",
                 "versions":[{"groupVersion":"autoscaling/v2","version":"v2"},
                             {"groupVersion":"autoscaling/v1","version":"v1"}],
                 "preferredVersion":{"groupVersion":"autoscaling/v2","version":"v2"}}""");
        assertThat(documents.group("")).isEmpty();
        assertThat(documents.group("example.com")).isEmpty();
    }

    @Test
    void theListOfGroupsStartsWithTheOneOfApiServicesAndLeavesOutTheCore() {
        List<String> names = documents
                .groups()
                .get("groups")
                .valueStream()
                .map(group -> group.get("name").asString())
                .toList();
        assertThat(names)
                .hasSize(21)
                .startsWith("apiregistration.k8s.io", "apps", "events.k8s.io")
                .doesNotContain("");
    }

    @Test
    void aResourceStandsBeforeItsParts() {
        JsonNode resources =
                documents.resources(new GroupVersion("", "v1")).orElseThrow().get("resources");
        List<String> names =
                resources.valueStream().map(each -> each.get("name").asString()).toList();
        assertThat(names).isSorted().contains("pods", "pods/attach", "pods/status");
        same((ObjectNode) resources.get(names.indexOf("pods")), """
                {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod",
                 "verbs":["create","delete","deletecollection","get","list","patch","update","watch"],
                 "shortNames":["po"],"categories":["all"],"storageVersionHash":"xPOwRZ+Yhw8="}""");
        same((ObjectNode) resources.get(names.indexOf("pods/eviction")), """
                {"name":"pods/eviction","singularName":"","namespaced":true,"group":"policy","version":"v1",
                 "kind":"Eviction","verbs":["create"]}""");
    }

    @Test
    void whatIsStoredAsAnotherVersionHasItsHash() {
        assertThat(hash("events.k8s.io", "v1", "events")).isEqualTo(hash("", "v1", "events"));
        assertThat(hash("autoscaling", "v1", "horizontalpodautoscalers"))
                .isEqualTo(hash("autoscaling", "v2", "horizontalpodautoscalers"))
                .isEqualTo("qwQve8ut294=");
    }

    private String hash(String group, String version, String plural) {
        return documents
                .resources(new GroupVersion(group, version))
                .orElseThrow()
                .get("resources")
                .valueStream()
                .filter(each -> each.get("name").asString().equals(plural))
                .findFirst()
                .orElseThrow()
                .get("storageVersionHash")
                .asString();
    }

    @Test
    void aVersionThatIsNotThereHasNoDocument() {
        assertThat(documents.resources(new GroupVersion("apps", "v1beta1"))).isEmpty();
    }

    @Test
    void theAggregatedListTellsAllInOne() {
        ObjectNode core = documents.aggregatedCore();
        assertThat(core.get("kind").asString()).isEqualTo("APIGroupDiscoveryList");
        assertThat(core.get("apiVersion").asString()).isEqualTo("apidiscovery.k8s.io/v2");
        assertThat(core.get("items")).hasSize(1);

        JsonNode apps = item(documents.aggregatedGroups(), "apps");
        assertThat(apps.at("/versions/0/freshness").asString()).isEqualTo("Current");
        JsonNode deployments = StreamSupport.stream(
                        apps.at("/versions/0/resources").spliterator(), false)
                .filter(each -> each.get("resource").asString().equals("deployments"))
                .findFirst()
                .orElseThrow();
        same((ObjectNode) deployments, """
                {"resource":"deployments","responseKind":{"group":"","version":"","kind":"Deployment"},
                 "scope":"Namespaced","singularResource":"deployment",
                 "verbs":["create","delete","deletecollection","get","list","patch","update","watch"],
                 "shortNames":["deploy"],"categories":["all"],
                 "subresources":[
                  {"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"},
                   "verbs":["get","patch","update"]},
                  {"subresource":"status","responseKind":{"group":"","version":"","kind":"Deployment"},
                   "verbs":["get","patch","update"]}]}""");
    }

    private static JsonNode item(ObjectNode list, String group) {
        return list.get("items")
                .valueStream()
                .filter(each -> each.at("/metadata/name").asString().equals(group))
                .findFirst()
                .orElseThrow();
    }

    private void same(ObjectNode actual, String expected) {
        assertThat((JsonNode) actual).isEqualTo(mapper.readTree(expected));
    }
}
