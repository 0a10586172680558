package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.kvorum.client.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From a pod template to a pod, and to the short hash that tells templates apart. Pure functions. */
public final class PodTemplates {
    private static final String SAFE = "bcdfghjklmnpqrstvwxz2456789";

    private PodTemplates() {}

    /** A pod not yet created, controlled by the owner; its name is made up by the server behind {@code owner-}. */
    public static Pod pod(HasMetadata owner, PodTemplateSpec template) {
        ObjectMeta given = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withGenerateName(prefix(owner.getMetadata().getName()))
                .withLabels(copy(given.getLabels()))
                .withAnnotations(copy(given.getAnnotations()))
                .withFinalizers(given.getFinalizers())
                .withOwnerReferences(Owners.controllerReference(owner))
                .endMetadata()
                .withSpec(new PodTemplateSpecBuilder(template).build().getSpec())
                .build();
    }

    /** A generated name's prefix, cut so that a long owner still gives a valid pod name. */
    static String prefix(String ownerName) {
        String cut = ownerName.length() > 57 ? ownerName.substring(0, 57) : ownerName;
        return cut + "-";
    }

    /** The same for equal templates, whatever the order of their fields; the collision count changes it. */
    public static String hash(PodTemplateSpec template, @Nullable Integer collisions) {
        String text = canonical(Json.of(template)).toString();
        int hash = 0x811c9dc5;
        for (byte each : (text + (collisions == null ? "" : "#" + collisions)).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * 0x01000193;
        }
        StringBuilder safe = new StringBuilder();
        for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
            safe.append(SAFE.charAt(digit % SAFE.length()));
        }
        return safe.toString();
    }

    /** Whether two templates ask for the same pods, apart from one label. */
    public static boolean areEqual(PodTemplateSpec one, PodTemplateSpec other, String exceptLabel) {
        return tree(one, exceptLabel).equals(tree(other, exceptLabel));
    }

    private static JsonNode tree(PodTemplateSpec template, String exceptLabel) {
        ObjectNode tree = Json.of(template);
        if (tree.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove("creationTimestamp");
            if (metadata.get("labels") instanceof ObjectNode labels) {
                labels.remove(exceptLabel);
                if (labels.isEmpty()) {
                    metadata.remove("labels");
                }
            }
            if (metadata.isEmpty()) {
                tree.remove("metadata");
            }
        }
        return tree;
    }

    private static JsonNode canonical(JsonNode node) {
        if (node instanceof ObjectNode object) {
            Map<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(field -> sorted.put(field.getKey(), canonical(field.getValue())));
            ObjectNode copy = object.objectNode();
            sorted.forEach(copy::set);
            return copy;
        }
        if (node.isArray()) {
            var copy = Json.array();
            node.forEach(item -> copy.add(canonical(item)));
            return copy;
        }
        return node;
    }

    public static Map<String, String> copy(@Nullable Map<String, String> map) {
        return map == null ? new LinkedHashMap<>() : new LinkedHashMap<>(map);
    }
}
