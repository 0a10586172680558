package io.kvorum.apimachinery.validation;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods: once made, hardly anything of their spec may change. */
final class PodRules implements KindRules {
    private static final Place SPEC = Place.of("spec");
    private static final String MAY_CHANGE = "pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing"
            + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    @Override
    public void check(ObjectNode object, Problems problems) {
        PodSpecRules.check(Tree.at(object, "spec"), SPEC, problems);
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        ObjectNode spec = ensureObject(object.deepCopy(), "spec");
        ObjectNode old = ensureObject(before.deepCopy(), "spec");
        for (String list : List.of("containers", "initContainers")) {
            if (Tree.list(spec, list).size() != Tree.list(old, list).size()) {
                problems.forbidden(SPEC.field(list), "pod updates may not add or remove containers");
                return;
            }
        }
        deadline(spec, old, problems);
        tolerations(spec, old, problems);
        takeOver(spec, old);
        if (!spec.equals(old)) {
            problems.forbidden(SPEC, MAY_CHANGE);
        }
    }

    private static void deadline(ObjectNode spec, ObjectNode old, Problems problems) {
        Place at = SPEC.field("activeDeadlineSeconds");
        if (!Tree.has(old, "activeDeadlineSeconds")) {
            return;
        }
        JsonNode value = Tree.at(spec, "activeDeadlineSeconds");
        if (value.isMissingNode()) {
            problems.invalid(at, value, "must not update from a positive integer to nil value");
        } else if (value.longValue(0) > Tree.number(old, "activeDeadlineSeconds")) {
            problems.invalid(at, value.longValue(0), "must be less than or equal to previous value");
        }
    }

    private static void tolerations(ObjectNode spec, ObjectNode old, Problems problems) {
        List<JsonNode> now = Tree.list(spec, "tolerations");
        if (!now.containsAll(Tree.list(old, "tolerations"))) {
            problems.forbidden(
                    SPEC.field("tolerations"), "existing toleration can not be modified except its tolerationSeconds");
        }
    }

    /** Gives the old spec what may change, so that all that still differs may not. */
    private static void takeOver(ObjectNode spec, ObjectNode old) {
        for (String list : List.of("containers", "initContainers")) {
            List<ObjectNode> containers = Tree.objects(spec, list);
            List<ObjectNode> olds = Tree.objects(old, list);
            for (int i = 0; i < Math.min(containers.size(), olds.size()); i++) {
                copy("image", containers.get(i), olds.get(i));
            }
        }
        copy("activeDeadlineSeconds", spec, old);
        copy("tolerations", spec, old);
        boolean endsAtLast = Tree.number(old, "terminationGracePeriodSeconds") < 0
                && Tree.number(spec, "terminationGracePeriodSeconds") == 1;
        if (endsAtLast) {
            copy("terminationGracePeriodSeconds", spec, old);
        }
        if (Tree.list(old, "schedulingGates").containsAll(Tree.list(spec, "schedulingGates"))) {
            boolean wasGated = !Tree.list(old, "schedulingGates").isEmpty();
            copy("schedulingGates", spec, old);
            if (wasGated) {
                copy("nodeSelector", spec, old);
                copy("affinity", spec, old);
            }
        }
    }

    private static void copy(String field, ObjectNode from, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value);
        }
    }
}
