package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A pod's volumes. */
final class VolumeRules {
    /** What a source cannot do without, by the source's name. */
    private static final Map<String, String> REQUIRED = Map.of(
            "hostPath", "path",
            "configMap", "name",
            "secret", "secretName",
            "persistentVolumeClaim", "claimName",
            "nfs", "server",
            "csi", "driver");

    private VolumeRules() {}

    /** Gives the names that containers may mount. */
    static Set<String> check(JsonNode spec, Place list, Problems problems) {
        Set<String> names = new HashSet<>();
        List<ObjectNode> volumes = Tree.objects(spec, "volumes");
        for (int i = 0; i < volumes.size(); i++) {
            ObjectNode volume = volumes.get(i);
            Place at = list.index(i);
            String name = Tree.text(volume, "name");
            if (name.isEmpty()) {
                problems.required(at.field("name"));
            } else {
                problems.invalid(at.field("name"), name, Names.dns1123Label(name));
            }
            if (!names.add(name)) {
                problems.duplicate(at.field("name"), name);
            }
            sources(volume, at, problems);
        }
        return names;
    }

    private static void sources(ObjectNode volume, Place at, Problems problems) {
        List<String> sources = volume.propertyNames().stream()
                .filter(field -> !field.equals("name"))
                .toList();
        if (sources.isEmpty()) {
            problems.required(at, "must specify a volume type");
        }
        for (int i = 1; i < sources.size(); i++) {
            problems.forbidden(at.field(sources.get(i)), "may not specify more than 1 volume type");
        }
        if (sources.size() == 1) {
            source(sources.getFirst(), volume.path(sources.getFirst()), at.field(sources.getFirst()), problems);
        }
    }

    private static void source(String name, JsonNode source, Place at, Problems problems) {
        String required = REQUIRED.get(name);
        if (required != null && Tree.text(source, required).isEmpty()) {
            problems.required(at.field(required));
        }
        if (name.equals("hostPath") && hasBacksteps(Tree.text(source, "path"))) {
            problems.invalid(at.field("path"), Tree.text(source, "path"), "must not contain '..'");
        }
        List<ObjectNode> items = Tree.objects(source, "items");
        for (int i = 0; i < items.size(); i++) {
            item(items.get(i), at.field("items").index(i), name.equals("downwardAPI"), problems);
        }
    }

    private static void item(ObjectNode item, Place at, boolean isDownward, Problems problems) {
        String path = Tree.text(item, "path");
        if (!isDownward && Tree.text(item, "key").isEmpty()) {
            problems.required(at.field("key"));
        }
        if (path.isEmpty()) {
            problems.required(at.field("path"));
        } else if (path.startsWith("/")) {
            problems.invalid(at.field("path"), path, "must be a relative path");
        } else if (hasBacksteps(path)) {
            problems.invalid(at.field("path"), path, "must not contain '..'");
        }
    }

    static boolean hasBacksteps(String path) {
        return List.of(path.split("/")).contains("..");
    }
}
