package io.kvorum.apimachinery.validation;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;

import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.model.Quantity;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** PersistentVolumeClaims: of a bound one only the size may grow. */
final class ClaimRules implements KindRules {
    private static final Place SPEC = Place.of("spec");
    private static final Place STORAGE = SPEC.fields("resources", "requests").key("storage");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        if (Tree.at(spec, "accessModes").isEmpty()) {
            problems.required(SPEC.field("accessModes"), "at least 1 access mode is required");
        }
        String storage = Tree.text(spec, "resources", "requests", "storage");
        if (storage.isEmpty()) {
            problems.required(STORAGE);
        } else if (size(spec).filter(size -> size.amount().signum() > 0).isEmpty()) {
            problems.invalid(STORAGE, storage, "must be greater than zero");
        }
        String storageClass = Tree.text(spec, "storageClassName");
        if (!storageClass.isEmpty()) {
            problems.invalid(SPEC.field("storageClassName"), storageClass, Names.dns1123Subdomain(storageClass));
        }
    }

    private static Optional<Quantity> size(JsonNode spec) {
        return ResourceRules.quantity(Tree.text(spec, "resources", "requests", "storage"));
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        ObjectNode spec = ensureObject(object.deepCopy(), "spec");
        ObjectNode old = ensureObject(before.deepCopy(), "spec");
        Optional<Quantity> now = size(spec);
        Optional<Quantity> then = size(old);
        boolean isBound = Tree.text(before, "status", "phase").equals("Bound");
        if (isBound && now.isPresent() && then.isPresent() && now.get().compareTo(then.get()) < 0) {
            problems.forbidden(
                    SPEC.fields("resources", "requests", "storage"), "field can not be less than status.capacity");
            return;
        }
        if (isBound) {
            copyOrRemove(spec, old, "resources");
        }
        for (String field : new String[] {"volumeName", "storageClassName", "volumeAttributesClassName"}) {
            if (Tree.text(old, field).isEmpty() || field.equals("volumeAttributesClassName")) {
                copyOrRemove(spec, old, field);
            }
        }
        if (!spec.equals(old)) {
            problems.forbidden(
                    SPEC,
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound"
                            + " claims");
        }
    }

    private static void copyOrRemove(ObjectNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value);
        }
    }
}
