package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** ResourceQuotas. */
final class QuotaRules implements KindRules {
    private static final Place HARD = Place.of("spec", "hard");

    @Override
    public void check(ObjectNode object, Problems problems) {
        Tree.textMap(object, "spec", "hard").forEach((resource, amount) -> {
            problems.invalid(HARD.key(resource), resource, Names.qualified(resource));
            ResourceRules.notNegative(HARD.key(resource), amount, problems);
        });
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        boolean hasSameScopes = new TreeSet<>(Tree.texts(object, "spec", "scopes"))
                .equals(new TreeSet<>(Tree.texts(before, "spec", "scopes")));
        if (!hasSameScopes) {
            problems.invalid(Place.of("spec", "scopes"), Tree.at(object, "spec", "scopes"), Problems.IMMUTABLE);
        }
    }
}
