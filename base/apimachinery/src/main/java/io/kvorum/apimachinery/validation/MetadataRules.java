package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Names, labels, annotations, owners and finalizers. */
final class MetadataRules {
    private static final int MAX_ANNOTATION_BYTES = 256 << 10;
    private static final Place METADATA = Place.of("metadata");

    private MetadataRules() {}

    static void check(ResourceType type, ObjectNode object, Problems problems) {
        JsonNode metadata = Tree.at(object, "metadata");
        if (isStored(type)) {
            name(type, metadata, problems);
            namespace(type, metadata, problems);
        }
        problems.notNegative(METADATA, metadata, "generation");
        labels(METADATA.field("labels"), Tree.textMap(metadata, "labels"), problems);
        annotations(METADATA.field("annotations"), Tree.textMap(metadata, "annotations"), problems);
        owners(metadata, problems);
        for (String finalizer : Tree.texts(metadata, "finalizers")) {
            problems.invalid(METADATA.field("finalizers"), finalizer, Names.qualified(finalizer));
        }
    }

    /** A review is a question, not an object: it needs no name. */
    private static boolean isStored(ResourceType type) {
        return !type.storagePrefix().isEmpty();
    }

    private static void name(ResourceType type, JsonNode metadata, Problems problems) {
        String generateName = Tree.text(metadata, "generateName");
        if (!generateName.isEmpty()) {
            String sample = generateName.endsWith("-")
                    ? generateName.substring(0, generateName.length() - 1) + "a"
                    : generateName;
            problems.invalid(METADATA.field("generateName"), generateName, complaints(type, sample));
        }
        String name = Tree.text(metadata, "name");
        if (!name.isEmpty()) {
            problems.invalid(METADATA.field("name"), name, complaints(type, name));
        } else if (generateName.isEmpty()) {
            problems.required(METADATA.field("name"), "name or generateName is required");
        }
    }

    /** Kinds differ in what they may be called, by where their names end up: host names, URLs, labels. */
    private static List<String> complaints(ResourceType type, String name) {
        return switch (type.id().qualified()) {
            case "namespaces" -> Names.dns1123Label(name);
            case "services" -> Names.dns1035Label(name);
            case "cronjobs.batch" -> atMost52(name);
            case "roles.rbac.authorization.k8s.io",
                    "clusterroles.rbac.authorization.k8s.io",
                    "rolebindings.rbac.authorization.k8s.io",
                    "clusterrolebindings.rbac.authorization.k8s.io",
                    "ipaddresses.networking.k8s.io",
                    "apiservices.apiregistration.k8s.io",
                    "certificatesigningrequests.certificates.k8s.io" -> Names.pathSegment(name);
            default -> Names.dns1123Subdomain(name);
        };
    }

    /** A CronJob's jobs carry eleven more characters, and a job's name must fit into a label. */
    private static List<String> atMost52(String name) {
        List<String> complaints = new ArrayList<>(Names.dns1123Subdomain(name));
        if (name.length() > 52) {
            complaints.add("must be no more than 52 characters");
        }
        return complaints;
    }

    private static void namespace(ResourceType type, JsonNode metadata, Problems problems) {
        String namespace = Tree.text(metadata, "namespace");
        Place at = METADATA.field("namespace");
        if (!type.isNamespaced()) {
            if (!namespace.isEmpty()) {
                problems.forbidden(at, "not allowed on this type");
            }
        } else if (namespace.isEmpty()) {
            problems.required(at);
        } else {
            problems.invalid(at, namespace, Names.dns1123Label(namespace));
        }
    }

    static void labels(Place at, SortedMap<String, String> labels, Problems problems) {
        labels.forEach((key, value) -> {
            problems.invalid(at, key, Names.qualified(key));
            problems.invalid(at, value, Names.labelValue(value));
        });
    }

    static void annotations(Place at, SortedMap<String, String> annotations, Problems problems) {
        long bytes = 0;
        for (Map.Entry<String, String> each : annotations.entrySet()) {
            problems.invalid(at, each.getKey(), Names.qualified(each.getKey().toLowerCase(Locale.ROOT)));
            bytes += each.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += each.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MAX_ANNOTATION_BYTES) {
            problems.tooLong(at, MAX_ANNOTATION_BYTES);
        }
    }

    private static void owners(JsonNode metadata, Problems problems) {
        Place at = METADATA.field("ownerReferences");
        List<ObjectNode> owners = Tree.objects(metadata, "ownerReferences");
        for (ObjectNode owner : owners) {
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (Tree.text(owner, field).isEmpty()) {
                    String what = field.equals("apiVersion") ? "version" : field;
                    problems.invalid(at.field(field), "", what + " must not be empty");
                }
            }
        }
        List<ObjectNode> controllers =
                owners.stream().filter(owner -> Tree.flag(owner, "controller")).toList();
        if (controllers.size() > 1) {
            String names = controllers.stream()
                    .map(owner -> Tree.text(owner, "kind") + "/" + Tree.text(owner, "name"))
                    .collect(Collectors.joining(" and "));
            problems.invalid(
                    at,
                    Tree.at(metadata, "ownerReferences"),
                    "Only one reference can have Controller set to true. Found \"true\" in references for " + names);
        }
    }

    static void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        for (String field : List.of("name", "namespace", "uid", "creationTimestamp")) {
            problems.unchanged(
                    METADATA.field(field), Tree.at(object, "metadata", field), Tree.at(before, "metadata", field));
        }
        if (Tree.number(object, "metadata", "generation") < Tree.number(before, "metadata", "generation")) {
            problems.invalid(
                    METADATA.field("generation"),
                    Tree.number(object, "metadata", "generation"),
                    "must not be decremented");
        }
        if (Tree.has(before, "metadata", "deletionTimestamp")) {
            List<String> added = new ArrayList<>(Tree.texts(object, "metadata", "finalizers"));
            added.removeAll(Tree.texts(before, "metadata", "finalizers"));
            if (!added.isEmpty()) {
                problems.forbidden(
                        METADATA.field("finalizers"),
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{%s}"
                                .formatted(added.stream()
                                        .map(each -> "\"" + each + "\"")
                                        .collect(Collectors.joining(", "))));
            }
        }
    }
}
