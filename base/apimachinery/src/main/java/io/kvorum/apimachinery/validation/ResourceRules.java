package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.model.Quantity;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Requests and limits of a container, and quantities in general. */
final class ResourceRules {
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");

    private ResourceRules() {}

    static void check(JsonNode resources, Place at, Problems problems) {
        quantities(Tree.at(resources, "limits"), at.field("limits"), problems);
        quantities(Tree.at(resources, "requests"), at.field("requests"), problems);
        Tree.textMap(resources, "requests").forEach((name, text) -> {
            Optional<Quantity> request = quantity(text);
            Optional<Quantity> limit = quantity(Tree.text(resources, "limits", name));
            if (request.isPresent() && limit.isPresent() && request.get().compareTo(limit.get()) > 0) {
                problems.invalid(
                        at.field("requests"),
                        text,
                        "must be less than or equal to %s limit of %s".formatted(name, limit.get()));
            }
        });
    }

    private static void quantities(JsonNode quantities, Place at, Problems problems) {
        Tree.textMap(quantities).forEach((name, text) -> {
            boolean isKnown = STANDARD.contains(name) || name.startsWith("hugepages-") || name.contains("/");
            if (!isKnown) {
                problems.invalid(at.key(name), name, "must be a standard resource type or fully qualified");
            }
            notNegative(at.key(name), text, problems);
        });
    }

    static void notNegative(Place at, String text, Problems problems) {
        if (quantity(text).filter(Quantity::isNegative).isPresent()) {
            problems.invalid(at, text, Problems.NOT_NEGATIVE);
        }
    }

    /** Empty for an absent or malformed one, which decoding has refused already. */
    static Optional<Quantity> quantity(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Quantity.parse(text));
        } catch (Quantity.Malformed e) {
            return Optional.empty();
        }
    }
}
