package io.kvorum.registry;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An object's {@code metadata}, read and changed in place; one thread. */
final class Metadata {
    private final ObjectNode node;

    private Metadata(ObjectNode node) {
        this.node = node;
    }

    /** Adds the field when it is missing. */
    static Metadata of(ObjectNode object) {
        if (object.get("metadata") instanceof ObjectNode metadata) {
            return new Metadata(metadata);
        }
        return new Metadata(object.putObject("metadata"));
    }

    static String time(Instant instant) {
        return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.SECONDS));
    }

    String text(String field) {
        JsonNode value = node.get(field);
        return value != null && value.isString() ? value.stringValue() : "";
    }

    String name() {
        return text("name");
    }

    String namespace() {
        return text("namespace");
    }

    String uid() {
        return text("uid");
    }

    String resourceVersion() {
        return text("resourceVersion");
    }

    long generation() {
        return node.path("generation").asLong(0);
    }

    boolean isBeingDeleted() {
        return !text("deletionTimestamp").isEmpty();
    }

    OptionalLong deletionGraceSeconds() {
        JsonNode value = node.get("deletionGracePeriodSeconds");
        return value != null && value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }

    List<String> finalizers() {
        List<String> names = new ArrayList<>();
        node.path("finalizers").forEach(each -> names.add(each.asString("")));
        return names;
    }

    Metadata finalizers(List<String> names) {
        if (names.isEmpty()) {
            node.remove("finalizers");
        } else {
            ArrayNode array = node.putArray("finalizers");
            names.forEach(array::add);
        }
        return this;
    }

    Metadata set(String field, String value) {
        node.put(field, value);
        return this;
    }

    Metadata set(String field, long value) {
        node.put(field, value);
        return this;
    }

    Metadata remove(String field) {
        node.remove(field);
        return this;
    }

    /** Takes a field over from another object's metadata, also its absence. */
    Metadata restore(String field, Metadata from) {
        JsonNode value = from.node.get(field);
        if (value == null) {
            node.remove(field);
        } else {
            node.set(field, value);
        }
        return this;
    }
}
