package io.kvorum.apimachinery.selector;

import io.kvorum.apimachinery.selector.Requirement.Operator;
import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Which labels an object must have: all requirements hold. Immutable, any thread.
 *
 * @param matchesNothing whether it selects no object at all, as an absent selector object does
 */
public record LabelSelector(List<Requirement> requirements, boolean matchesNothing) {
    public static final LabelSelector EVERYTHING = new LabelSelector(List.of(), false);
    public static final LabelSelector NOTHING = new LabelSelector(List.of(), true);

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /**
     * Reads the text form, such as {@code a=b,c!=d,e in (x,y),!f}.
     *
     * @throws MalformedSelector with upstream's text
     */
    public static LabelSelector parse(String text) {
        return new LabelSelector(new LabelSelectorParser(text).parse(), false);
    }

    /** Exactly these labels, as a Service's selector means them. */
    public static LabelSelector ofLabels(Map<String, String> labels) {
        List<Requirement> requirements = new ArrayList<>();
        labels.forEach((key, value) -> requirements.add(new Requirement(key, Operator.EQUALS, List.of(value))));
        return new LabelSelector(requirements, false);
    }

    /**
     * Reads a selector object with {@code matchLabels} and {@code matchExpressions}: a missing one selects nothing, an
     * empty one everything.
     *
     * @throws MalformedSelector with upstream's text
     */
    public static LabelSelector of(JsonNode object) {
        if (!object.isObject()) {
            return NOTHING;
        }
        List<Requirement> requirements = new ArrayList<>();
        Tree.textMap(object, "matchLabels")
                .forEach((key, value) -> requirements.add(new Requirement(key, Operator.EQUALS, List.of(value))));
        Tree.objects(object, "matchExpressions").forEach(each -> requirements.add(expression(each)));
        requirements.sort(Comparator.comparing(Requirement::key));
        return new LabelSelector(requirements, false);
    }

    private static Requirement expression(JsonNode expression) {
        String operator = Tree.text(expression, "operator");
        Operator known = switch (operator) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.NOT_EXISTS;
            default -> throw new MalformedSelector("\"" + operator + "\" is not a valid label selector operator");
        };
        return new Requirement(Tree.text(expression, "key"), known, Tree.texts(expression, "values"));
    }

    public boolean isEverything() {
        return requirements.isEmpty() && !matchesNothing;
    }

    public boolean matches(Map<String, String> labels) {
        if (matchesNothing) {
            return false;
        }
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** In the syntax that {@link #parse} reads. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
    }
}
