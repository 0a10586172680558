package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.node.ObjectNode;

/**
 * One column of a table.
 *
 * @param type as OpenAPI names it: string, integer, date, boolean
 * @param format {@code name} for the column that names the object, else empty
 * @param priority 0 is always shown, 1 only with {@code -o wide}
 */
record Column(String name, String type, String format, String description, int priority) {
    static Column named() {
        return new Column(
                "Name", "string", "name", "What the object is called, unique among its kind and namespace.", 0);
    }

    static Column text(String name, String description) {
        return new Column(name, "string", "", description, 0);
    }

    static Column number(String name, String description) {
        return new Column(name, "integer", "", description, 0);
    }

    static Column flag(String name, String description) {
        return new Column(name, "boolean", "", description, 0);
    }

    static Column wide(String name, String description) {
        return new Column(name, "string", "", description, 1);
    }

    static Column age() {
        return text("Age", "How long ago the object was created.");
    }

    static Column createdAt() {
        return new Column("Created At", "date", "", "When the object was created.", 0);
    }

    ObjectNode toJson() {
        ObjectNode column = Tree.object();
        column.put("name", name);
        column.put("type", type);
        column.put("format", format);
        column.put("description", description);
        column.put("priority", priority);
        return column;
    }
}
