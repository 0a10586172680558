package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A set of places in objects, as {@code fieldsV1} writes it: {@code f:} a field, {@code k:} a list's element by its keys,
 * {@code v:} by its value, {@code .} the place itself. Changed in place; one thread.
 *
 * <pre>
 *   {"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{}}}}}
 * </pre>
 */
final class FieldSet {
    private static final String SELF = ".";

    private boolean holdsSelf;
    private final TreeMap<String, FieldSet> children = new TreeMap<>();

    static FieldSet parse(JsonNode fields) {
        FieldSet set = new FieldSet();
        if (fields instanceof ObjectNode object) {
            object.forEachEntry((element, below) -> {
                if (element.equals(SELF)) {
                    set.holdsSelf = true;
                } else {
                    FieldSet child = parse(below);
                    child.holdsSelf |= child.children.isEmpty();
                    set.children.put(element, child);
                }
            });
        }
        return set;
    }

    ObjectNode toJson() {
        ObjectNode json = Tree.object();
        if (holdsSelf && !children.isEmpty()) {
            json.putObject(SELF);
        }
        children.forEach((element, child) -> {
            if (!child.isEmpty()) {
                json.set(element, child.toJson());
            }
        });
        return json;
    }

    boolean isEmpty() {
        return !holdsSelf && children.values().stream().allMatch(FieldSet::isEmpty);
    }

    boolean holdsSelf() {
        return holdsSelf;
    }

    void addSelf() {
        holdsSelf = true;
    }

    void removeSelf() {
        holdsSelf = false;
    }

    /** What lies below one element; made when missing. */
    FieldSet below(String element) {
        return children.computeIfAbsent(element, _ -> new FieldSet());
    }

    List<String> elements() {
        return List.copyOf(children.keySet());
    }

    /** Whether anything at or below the element is in the set. */
    boolean reaches(String element) {
        FieldSet child = children.get(element);
        return child != null && !child.isEmpty();
    }

    void remove(String element) {
        children.remove(element);
    }

    FieldSet copy() {
        FieldSet copy = new FieldSet();
        copy.addAll(this);
        return copy;
    }

    FieldSet addAll(FieldSet others) {
        holdsSelf |= others.holdsSelf;
        others.children.forEach((element, child) -> below(element).addAll(child));
        return this;
    }

    FieldSet removeAll(FieldSet others) {
        holdsSelf &= !others.holdsSelf;
        others.children.forEach((element, other) -> {
            FieldSet child = children.get(element);
            if (child != null) {
                child.removeAll(other);
                if (child.isEmpty()) {
                    children.remove(element);
                }
            }
        });
        return this;
    }

    FieldSet sharedWith(FieldSet others) {
        FieldSet shared = new FieldSet();
        shared.holdsSelf = holdsSelf && others.holdsSelf;
        children.forEach((element, child) -> {
            FieldSet other = others.children.get(element);
            if (other != null) {
                FieldSet both = child.sharedWith(other);
                if (!both.isEmpty()) {
                    shared.children.put(element, both);
                }
            }
        });
        return shared;
    }

    /** Every place in the form of messages, such as {@code .spec.containers[name="web"].image}. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        collect("", paths);
        return paths;
    }

    private void collect(String prefix, List<String> paths) {
        if (holdsSelf) {
            paths.add(prefix);
        }
        children.forEach((element, child) -> child.collect(prefix + Element.text(element), paths));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet set && toJson().equals(set.toJson());
    }

    @Override
    public int hashCode() {
        return toJson().hashCode();
    }

    @Override
    public String toString() {
        return toJson().toString();
    }
}
