package io.kvorum.apimachinery.validation;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** StatefulSets. */
final class StatefulSetRules implements KindRules {
    private static final Place SPEC = Place.of("spec");
    private static final List<String> MAY_CHANGE = List.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        problems.notNegative(SPEC, spec, "replicas");
        problems.notNegative(SPEC, spec, "minReadySeconds");
        problems.notNegative(SPEC.field("ordinals"), Tree.at(spec, "ordinals"), "start");
        TemplateRules.selector(spec, "statefulset", problems);
        TemplateRules.template(withClaims(spec), SPEC.field("template"), List.of("Always"), problems);
    }

    /** Containers may mount the claims as if they were volumes of the template. */
    private static JsonNode withClaims(JsonNode spec) {
        if (!(Tree.at(spec, "template") instanceof ObjectNode template) || !Tree.has(template, "spec")) {
            return Tree.at(spec, "template");
        }
        ObjectNode copy = template.deepCopy();
        ObjectNode podSpec = ensureObject(copy, "spec");
        List<String> names = Tree.objects(podSpec, "volumes").stream()
                .map(volume -> Tree.text(volume, "name"))
                .toList();
        for (ObjectNode claim : Tree.objects(spec, "volumeClaimTemplates")) {
            String name = Tree.text(claim, "metadata", "name");
            if (!names.contains(name)) {
                podSpec.withArrayProperty("volumes")
                        .addObject()
                        .put("name", name)
                        .putObject("emptyDir");
            }
        }
        return copy;
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        ObjectNode spec = ensureObject(object.deepCopy(), "spec").remove(MAY_CHANGE);
        ObjectNode old = ensureObject(before.deepCopy(), "spec").remove(MAY_CHANGE);
        for (ObjectNode each : List.of(spec, old)) {
            Tree.objects(each, "volumeClaimTemplates").forEach(claim -> claim.remove("status"));
        }
        if (!spec.equals(old)) {
            problems.forbidden(
                    SPEC,
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden");
        }
    }
}
