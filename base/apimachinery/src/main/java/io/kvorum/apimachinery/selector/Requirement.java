package io.kvorum.apimachinery.selector;

import io.kvorum.apimachinery.validation.Names;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a label selector asks of one label. */
public record Requirement(String key, Operator operator, List<String> values) {
    /** How the label's value is compared. */
    public enum Operator {
        IN("in"),
        NOT_IN("notin"),
        EQUALS("="),
        NOT_EQUALS("!="),
        EXISTS("exists"),
        NOT_EXISTS("!"),
        GREATER("gt"),
        LESS("lt");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    /** @throws MalformedSelector when key or values break the rules of labels */
    public Requirement {
        values = List.copyOf(new TreeSet<>(values));
        checkKey(key);
        switch (operator) {
            case IN, NOT_IN -> {
                if (values.isEmpty()) {
                    throw new MalformedSelector(
                            "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
                }
                checkValues(key, values);
            }
            case EQUALS, NOT_EQUALS -> {
                if (values.size() != 1) {
                    throw new MalformedSelector(
                            "values: Invalid value: [%s]: exact-match compatibility requires one single value"
                                    .formatted(String.join(" ", values)));
                }
                checkValues(key, values);
            }
            case EXISTS, NOT_EXISTS -> {
                if (!values.isEmpty()) {
                    throw new MalformedSelector(
                            "values: Invalid value: [%s]: values set must be empty for exists and does not exist"
                                    .formatted(String.join(" ", values)));
                }
            }
            case GREATER, LESS -> checkNumber(values);
        }
    }

    private static void checkKey(String key) {
        List<String> complaints = Names.qualified(key);
        if (!complaints.isEmpty()) {
            throw new MalformedSelector("key: Invalid value: \"%s\": %s".formatted(key, String.join("; ", complaints)));
        }
    }

    private static void checkValues(String key, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            List<String> complaints = Names.labelValue(values.get(i));
            if (!complaints.isEmpty()) {
                throw new MalformedSelector("values[%d][%s]: Invalid value: \"%s\": %s"
                        .formatted(i, key, values.get(i), String.join("; ", complaints)));
            }
        }
    }

    private static void checkNumber(List<String> values) {
        if (values.size() != 1 || !isNumber(values.getFirst())) {
            throw new MalformedSelector(
                    "values: Invalid value: [%s]: for 'Gt', 'Lt' operators, exactly one integer value is required"
                            .formatted(String.join(" ", values)));
        }
    }

    private static boolean isNumber(String text) {
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    public boolean matches(Map<String, String> labels) {
        String value = labels.get(key);
        return switch (operator) {
            case IN, EQUALS -> value != null && values.contains(value);
            case NOT_IN, NOT_EQUALS -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case NOT_EXISTS -> value == null;
            case GREATER -> value != null && isNumber(value) && Long.parseLong(value) > bound();
            case LESS -> value != null && isNumber(value) && Long.parseLong(value) < bound();
        };
    }

    private long bound() {
        return Long.parseLong(values.getFirst());
    }

    /** In the syntax that {@link LabelSelector#parse} reads. */
    @Override
    public String toString() {
        return switch (operator) {
            case IN, NOT_IN ->
                key + " " + operator.symbol() + values.stream().collect(Collectors.joining(",", " (", ")"));
            case EQUALS, NOT_EQUALS -> key + operator.symbol() + values.getFirst();
            case EXISTS -> key;
            case NOT_EXISTS -> "!" + key;
            case GREATER -> key + ">" + values.getFirst();
            case LESS -> key + "<" + values.getFirst();
        };
    }
}
