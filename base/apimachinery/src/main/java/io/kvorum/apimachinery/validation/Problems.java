package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What is wrong with one object, in the order found and in upstream's words. One thread. */
final class Problems {
    static final String IMMUTABLE = "field is immutable";
    static final String NOT_NEGATIVE = "must be greater than or equal to 0";
    static final String PORT_RANGE = "must be between 1 and 65535, inclusive";

    private final List<Cause> causes = new ArrayList<>();

    List<Cause> causes() {
        return List.copyOf(causes);
    }

    void required(Place at) {
        required(at, "");
    }

    void required(Place at, String detail) {
        add("FieldValueRequired", "Required value", detail, at);
    }

    void invalid(Place at, String value, String detail) {
        add("FieldValueInvalid", "Invalid value: " + quoted(value), detail, at);
    }

    void invalid(Place at, long value, String detail) {
        add("FieldValueInvalid", "Invalid value: " + value, detail, at);
    }

    void invalid(Place at, JsonNode value, String detail) {
        add("FieldValueInvalid", "Invalid value: " + (value.isMissingNode() ? "null" : value), detail, at);
    }

    /** One problem for each complaint, as {@link Names} gives them. */
    void invalid(Place at, String value, List<String> complaints) {
        complaints.forEach(complaint -> invalid(at, value, complaint));
    }

    void unsupported(Place at, String value, List<String> supported) {
        String list = supported.stream().map(Problems::quoted).collect(Collectors.joining(", "));
        add("FieldValueNotSupported", "Unsupported value: " + quoted(value), "supported values: " + list, at);
    }

    void duplicate(Place at, String value) {
        add("FieldValueDuplicate", "Duplicate value: " + quoted(value), "", at);
    }

    void duplicate(Place at, JsonNode value) {
        add("FieldValueDuplicate", "Duplicate value: " + value, "", at);
    }

    void notFound(Place at, String value) {
        add("FieldValueNotFound", "Not found: " + quoted(value), "", at);
    }

    void forbidden(Place at, String detail) {
        add("FieldValueForbidden", "Forbidden", detail, at);
    }

    void tooLong(Place at, int maxBytes) {
        add("FieldValueTooLong", "Too long", "may not be more than " + maxBytes + " bytes", at);
    }

    void tooMany(Place at, int found, int most) {
        add("FieldValueTooMany", "Too many: " + found, "must have at most " + most + " items", at);
    }

    private void add(String reason, String message, String detail, Place at) {
        causes.add(new Cause(reason, detail.isEmpty() ? message : message + ": " + detail, at.path()));
    }

    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    /** The number in this field, where there is one, must not be negative. */
    void notNegative(Place at, JsonNode holder, String field) {
        if (Tree.number(holder, field) < 0) {
            invalid(at.field(field), Tree.number(holder, field), NOT_NEGATIVE);
        }
    }

    /** The field must be as it was. */
    void unchanged(Place at, JsonNode value, JsonNode before) {
        if (!value.equals(before)) {
            if (value.isString()) {
                invalid(at, value.stringValue(), IMMUTABLE);
            } else {
                invalid(at, value, IMMUTABLE);
            }
        }
    }

    void port(Place at, long port) {
        if (port < 1 || port > 65_535) {
            invalid(at, port, PORT_RANGE);
        }
    }
}
