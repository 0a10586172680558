package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps {@code managedFields} true through updates, and does server-side apply. Pure, any thread. */
public final class FieldOwnership {
    private static final String MANAGED_FIELDS = "managedFields";
    private static final FieldManager UNTRACKED = new FieldManager("before-first-apply", "");

    /** What the server alone decides belongs to nobody. */
    private static final List<String> NOBODYS = List.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "generation",
            MANAGED_FIELDS,
            "resourceVersion");

    private final Catalogue catalogue;

    public FieldOwnership(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    private Shape shape(ResourceType type) {
        return Shape.of(catalogue, type.schema());
    }

    /**
     * The managedFields of an object that a manager changed other than by apply.
     *
     * @param before empty for an object that is new
     * @param after may bring managedFields of its own, which then count instead of the old ones; an empty list clears them
     * @param time in the form of metadata
     */
    public ArrayNode afterUpdate(
            ResourceType type, ObjectNode before, ObjectNode after, FieldManager manager, String time) {
        if (isCleared(after)) {
            return Tree.array();
        }
        Comparison comparison = Comparison.of(before, after, shape(type));
        FieldSet changed = tracked(comparison.changed());
        FieldSet removed = tracked(comparison.removed());
        ObjectNode holder = after.path("metadata").path(MANAGED_FIELDS).isArray() ? after : before;
        if (changed.isEmpty() && removed.isEmpty()) {
            return Tree.at(holder, "metadata", MANAGED_FIELDS) instanceof ArrayNode same
                    ? same.deepCopy()
                    : Tree.array();
        }
        Owners owners = owners(holder);
        Owners.Entry mine = Owners.update(manager, type.groupVersion().apiVersion(), time, changed);
        Owners.Entry known = owners.like(mine);
        owners.takeFromOthers(mine, changed);
        owners.takeFromOthers(mine, removed);
        FieldSet fields = known == null ? new FieldSet() : known.fields().copy();
        owners.put(mine.with(fields.removeAll(removed).addAll(changed), time));
        return owners.toJson();
    }

    /** An empty list, or one empty entry, is how a client takes all ownership away. */
    private static boolean isCleared(ObjectNode object) {
        JsonNode fields = Tree.at(object, "metadata", MANAGED_FIELDS);
        return fields.isArray()
                && (fields.isEmpty() || (fields.size() == 1 && fields.get(0).isEmpty()));
    }

    private static Owners owners(ObjectNode object) {
        return Owners.parse(Tree.at(object, "metadata", MANAGED_FIELDS));
    }

    private static FieldSet tracked(FieldSet fields) {
        FieldSet tracked = fields.copy();
        tracked.removeSelf();
        tracked.remove(Element.field("apiVersion"));
        tracked.remove(Element.field("kind"));
        FieldSet metadata = tracked.below(Element.field("metadata"));
        NOBODYS.forEach(name -> metadata.remove(Element.field(name)));
        if (metadata.elements().isEmpty()) {
            tracked.remove(Element.field("metadata"));
        }
        return tracked;
    }

    /**
     * Applies a configuration; the answer carries its managedFields.
     *
     * @param live empty for an object that is new; left alone
     * @param configuration what the manager wants, and no more than that
     * @param isForced whether to take over what others own
     * @throws ApiException 409 that lists what others own and would change
     */
    public ObjectNode apply(
            ResourceType type,
            ObjectNode live,
            ObjectNode configuration,
            FieldManager manager,
            boolean isForced,
            String time) {
        Shape shape = shape(type);
        Owners owners = owners(live);
        if (owners.isEmpty() && !live.isEmpty()) {
            owners.put(Owners.update(
                    UNTRACKED, type.groupVersion().apiVersion(), time, tracked(Comparison.fieldsOf(live, shape))));
        }
        FieldSet wanted = tracked(Comparison.fieldsOf(configuration, shape));
        Owners.Entry mine = Owners.apply(manager, type.groupVersion().apiVersion(), time, wanted);
        Owners.Entry last = owners.like(mine);
        ObjectNode merged = (ObjectNode) Merging.merge(live, configuration, shape);
        if (last != null) {
            FieldSet owned = wanted.copy();
            owners.othersThan(mine).forEach(other -> owned.addAll(other.fields()));
            Merging.prune(merged, last.fields(), owned, shape);
        }
        Comparison comparison = Comparison.of(live, merged, shape);
        FieldSet changed = tracked(comparison.changed());
        if (!isForced) {
            refuseConflicts(owners.othersThan(mine), changed);
        }
        owners.takeFromOthers(mine, changed);
        owners.takeFromOthers(mine, tracked(comparison.removed()));
        owners.put(mine);
        Tree.ensureObject(merged, "metadata").set(MANAGED_FIELDS, owners.toJson());
        return merged;
    }

    private static void refuseConflicts(List<Owners.Entry> others, FieldSet changed) {
        List<Cause> causes = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        for (Owners.Entry other : others) {
            List<String> paths = other.fields().sharedWith(changed).paths();
            String with = "conflict with " + describe(other);
            paths.forEach(path -> causes.add(new Cause("FieldManagerConflict", with, path)));
            if (paths.size() == 1) {
                messages.add(with + ": " + paths.getFirst());
            } else if (!paths.isEmpty()) {
                messages.add("conflicts with " + describe(other) + ":\n- " + String.join("\n- ", paths));
            }
        }
        if (!causes.isEmpty()) {
            String message = "Apply failed with %d conflict%s: %s"
                    .formatted(causes.size(), causes.size() == 1 ? "" : "s", String.join("\n", messages));
            throw new ApiException(
                    new ApiStatus(409, "Conflict", message, new ApiStatus.Details("", "", "", "", causes, 0)));
        }
    }

    private static String describe(Owners.Entry entry) {
        String who = "\"" + entry.manager() + "\"";
        if (!entry.subresource().isEmpty()) {
            who += " with subresource \"" + entry.subresource() + "\"";
        }
        return entry.isApply() ? who : who + " using " + entry.apiVersion();
    }
}
