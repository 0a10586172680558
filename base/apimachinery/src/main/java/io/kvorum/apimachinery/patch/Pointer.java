package io.kvorum.apimachinery.patch;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A JSON pointer (RFC 6901), such as {@code /spec/containers/0/image}; the empty one is the whole document. */
record Pointer(List<String> steps) {
    Pointer {
        steps = List.copyOf(steps);
    }

    /** The place that an operation names is not there, or a test failed. */
    static final class NotThere extends RuntimeException {
        NotThere(String message) {
            super(message);
        }
    }

    static Pointer parse(String text) {
        if (text.isEmpty()) {
            return new Pointer(List.of());
        }
        if (!text.startsWith("/")) {
            throw new NotThere("a JSON pointer starts with a slash, got \"" + text + "\"");
        }
        List<String> steps = new ArrayList<>();
        for (String step : text.substring(1).split("/", -1)) {
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return new Pointer(steps);
    }

    JsonNode find(JsonNode root) {
        JsonNode found = root;
        for (String step : steps) {
            found = child(found, step);
        }
        return found;
    }

    /** Adds or, in an object, replaces; gives the root, which is new when the pointer names the whole document. */
    JsonNode add(JsonNode root, JsonNode value) {
        if (steps.isEmpty()) {
            return value;
        }
        switch (parent(root)) {
            case ObjectNode object -> object.set(steps.getLast(), value);
            case ArrayNode array -> insert(array, value);
            default -> throw missing();
        }
        return root;
    }

    private void insert(ArrayNode array, JsonNode value) {
        String step = steps.getLast();
        if (step.equals("-")) {
            array.add(value);
        } else {
            array.insert(index(step, array.size() + 1), value);
        }
    }

    JsonNode replace(JsonNode root, JsonNode value) {
        if (steps.isEmpty()) {
            return value;
        }
        find(root);
        switch (parent(root)) {
            case ObjectNode object -> object.set(steps.getLast(), value);
            case ArrayNode array -> array.set(index(steps.getLast(), array.size()), value);
            default -> throw missing();
        }
        return root;
    }

    /** Takes the value out and gives it. */
    JsonNode remove(JsonNode root) {
        if (steps.isEmpty()) {
            throw missing();
        }
        JsonNode found = find(root);
        switch (parent(root)) {
            case ObjectNode object -> object.remove(steps.getLast());
            case ArrayNode array -> array.remove(index(steps.getLast(), array.size()));
            default -> throw missing();
        }
        return found;
    }

    private JsonNode parent(JsonNode root) {
        JsonNode parent = root;
        for (String step : steps.subList(0, steps.size() - 1)) {
            parent = child(parent, step);
        }
        return parent;
    }

    private JsonNode child(JsonNode node, String step) {
        if (node instanceof ObjectNode object && object.has(step)) {
            return object.get(step);
        }
        if (node instanceof ArrayNode array) {
            return array.get(index(step, array.size()));
        }
        throw missing();
    }

    /** Indices count from 0; upstream also takes negative ones, from the end. */
    private int index(String step, int bound) {
        int index;
        try {
            index = Integer.parseInt(step);
        } catch (NumberFormatException e) {
            throw missing();
        }
        int fromStart = index < 0 ? index + bound : index;
        if (fromStart < 0 || fromStart >= bound) {
            throw missing();
        }
        return fromStart;
    }

    private NotThere missing() {
        return new NotThere("doc is missing path: \"" + this + "\": missing value");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append('/').append(step.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }
}
