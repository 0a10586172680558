package io.kvorum.apimachinery.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class FieldOwnershipTest {
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final ResourceType PODS = type("", "pods");
    private static final ResourceType MAPS = type("", "configmaps");
    private static final String TIME = "2026-01-01T00:00:00Z";
    private static final FieldManager ANNE = new FieldManager("anne", "");
    private static final FieldManager BOB = new FieldManager("bob", "");

    private final FieldOwnership ownership = new FieldOwnership(CATALOGUE);

    private static ResourceType type(String group, String resource) {
        return CATALOGUE
                .resource(new GroupVersionResource(group, "v1", resource))
                .orElseThrow();
    }

    private ObjectNode applied(ResourceType type, ObjectNode live, String configuration, FieldManager manager) {
        return ownership.apply(type, live, Samples.json(configuration), manager, false, TIME);
    }

    private ObjectNode updated(ResourceType type, ObjectNode live, String next, FieldManager manager) {
        ObjectNode object = Samples.json(next);
        Tree.ensureObject(object, "metadata")
                .set("managedFields", ownership.afterUpdate(type, live, object, manager, TIME));
        return object;
    }

    private static String fieldsOf(ObjectNode object, String manager) {
        for (JsonNode entry : object.at("/metadata/managedFields")) {
            if (entry.path("manager").asString().equals(manager)) {
                return entry.path("fieldsV1").toString().replace('"', '\'');
            }
        }
        return "nothing";
    }

    @Test
    void anApplierOwnsExactlyWhatItApplied() {
        ObjectNode pod = applied(
                PODS,
                Tree.object(),
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]}}",
                ANNE);

        assertThat(fieldsOf(pod, "anne"))
                .isEqualTo(
                        "{'f:metadata':{'f:labels':{'f:a':{}}},'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},"
                                + "'f:image':{},'f:name':{},'f:ports':{'k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':{'.':{},'f:containerPort':{}}}}}}}");
        assertThat(pod.at("/metadata/managedFields/0/operation").asString()).isEqualTo("Apply");
    }

    @Test
    void whatTheApplierNoLongerNamesGoesAway() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'data':{'one':'1','two':'2'}}", ANNE);

        assertThat(applied(MAPS, map, "{'data':{'one':'1'}}", ANNE).at("/data")).isEqualTo(Samples.json("{'one':'1'}"));
        assertThat(applied(MAPS, map, "{}", ANNE).has("data")).isFalse();
    }

    @Test
    void whatAnotherOwnsTooStays() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'data':{'one':'1','two':'2'}}", ANNE);
        ObjectNode shared = applied(MAPS, map, "{'data':{'two':'2'}}", BOB);

        ObjectNode left = applied(MAPS, shared, "{}", ANNE);

        assertThat(left.at("/data")).isEqualTo(Samples.json("{'two':'2'}"));
        assertThat(fieldsOf(left, "anne")).isEqualTo("nothing");
        assertThat(fieldsOf(left, "bob")).isEqualTo("{'f:data':{'f:two':{}}}");
    }

    @Test
    void whatAnotherOwnsIsNotChangedUnlessForced() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'data':{'one':'1'}}", ANNE);

        assertThatThrownBy(() -> applied(MAPS, map, "{'data':{'one':'9'}}", BOB))
                .isInstanceOfSatisfying(ApiException.class, conflict -> {
                    assertThat(conflict.status().code()).isEqualTo(409);
                    assertThat(conflict.status().message())
                            .isEqualTo("Apply failed with 1 conflict: conflict with \"anne\": .data.one");
                });

        ObjectNode taken = ownership.apply(MAPS, map, Samples.json("{'data':{'one':'9'}}"), BOB, true, TIME);
        assertThat(taken.at("/data/one").asString()).isEqualTo("9");
        assertThat(fieldsOf(taken, "anne")).isEqualTo("nothing");
        assertThat(fieldsOf(taken, "bob")).isEqualTo("{'f:data':{'f:one':{}}}");
    }

    @Test
    void anUpdateTakesTheFieldsThatItChanges() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'data':{'one':'1','two':'2'}}", ANNE);

        ObjectNode next = map.deepCopy();
        next.withObjectProperty("data").put("two", "9").put("three", "3");
        ObjectNode changed = updated(MAPS, map, next.toString(), BOB);

        assertThat(fieldsOf(changed, "anne")).isEqualTo("{'f:data':{'f:one':{}}}");
        assertThat(fieldsOf(changed, "bob")).isEqualTo("{'f:data':{'f:three':{},'f:two':{}}}");
        assertThatThrownBy(() -> applied(MAPS, changed, "{'data':{'two':'2'}}", ANNE))
                .hasMessageContaining("conflict with \"bob\" using v1: .data.two");
    }

    @Test
    void elementsOfAListMergeByTheirKeysInTheAppliedOrder() {
        ObjectNode pod = updated(
                PODS,
                Tree.object(),
                "{'spec':{'containers':[{'name':'a','image':'1'},{'name':'sidecar','image':'s'}],'tolerations':[{'key':'x'}]}}",
                BOB);

        ObjectNode merged = applied(
                PODS, pod, "{'spec':{'containers':[{'name':'new','image':'n'},{'name':'a','args':['x']}]}}", ANNE);

        assertThat(merged.at("/spec"))
                .isEqualTo(
                        Samples.json(
                                "{'containers':[{'name':'new','image':'n'},{'name':'a','image':'1','args':['x']},{'name':'sidecar','image':'s'}],'tolerations':[{'key':'x'}]}"));
        ObjectNode without = applied(PODS, merged, "{'spec':{'containers':[{'name':'a'}]}}", ANNE);
        assertThat(without.at("/spec/containers"))
                .isEqualTo(Samples.json("{'x':[{'name':'a','image':'1'},{'name':'sidecar','image':'s'}]}")
                        .get("x"));
    }

    @Test
    void aSetOfValuesIsOwnedValueByValue() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'metadata':{'finalizers':['x/a']}}", ANNE);
        ObjectNode both = applied(MAPS, map, "{'metadata':{'finalizers':['x/b']}}", BOB);

        assertThat(both.at("/metadata/finalizers")).hasSize(2);
        assertThat(applied(MAPS, both, "{}", ANNE).at("/metadata/finalizers"))
                .singleElement()
                .satisfies(left -> assertThat(left.asString()).isEqualTo("x/b"));
    }

    @Test
    void anApplyThatChangesNothingLeavesTheSameObject() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'data':{'one':'1'}}", ANNE);

        assertThat(ownership.apply(
                        MAPS, map, Samples.json("{'data':{'one':'1'}}"), ANNE, false, "2026-02-02T00:00:00Z"))
                .isEqualTo(map);
    }

    @Test
    void anObjectThatNobodyWasKnownToOwnConflictsWithItsPast() {
        assertThatThrownBy(() -> applied(MAPS, Samples.json("{'data':{'one':'1'}}"), "{'data':{'one':'2'}}", ANNE))
                .hasMessage("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.one");
    }

    @Test
    void aClientClearsAllOwnersWithAnEmptyList() {
        ObjectNode map = applied(MAPS, Tree.object(), "{'data':{'one':'1'}}", ANNE);
        ObjectNode cleared = map.deepCopy();
        cleared.withObjectProperty("metadata").putArray("managedFields");

        assertThat(ownership.afterUpdate(MAPS, map, cleared, BOB, TIME)).isEmpty();
    }

    @Test
    void manyUpdatersAreFoldedIntoOne() {
        ObjectNode map = Samples.json("{'data':{'start':'x'}}");
        for (int i = 0; i < 15; i++) {
            ObjectNode next = map.deepCopy();
            next.withObjectProperty("data").put("k" + i, "v");
            map = updated(MAPS, map, next.toString(), new FieldManager("m" + (10 + i), ""));
        }

        assertThat(map.at("/metadata/managedFields")).hasSize(10);
        assertThat(fieldsOf(map, "ancient-changes")).contains("f:k0");
    }
}
