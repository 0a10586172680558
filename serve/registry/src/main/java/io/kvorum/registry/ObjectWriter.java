package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.engine.Consistency;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.registry.Transactions.Outcome;
import io.kvorum.registry.Transactions.Write;
import io.kvorum.registry.cache.StoredObject;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates and updates objects: each try is a guarded transaction; a race is tried again a bounded number of times. Any thread. */
final class ObjectWriter {
    private static final int TRIES = 16;
    private static final int NAME_TRIES = 8;
    private static final String MODIFIED =
            "the object has been modified; please apply your changes to the latest version and try again";

    private final Transactions transactions;
    private final ObjectRules rules;
    private final Strategies strategies;
    private final Ids ids;
    private final FieldTracker tracker;
    private final InstantSource clock;

    ObjectWriter(
            Transactions transactions,
            ObjectRules rules,
            Strategies strategies,
            Ids ids,
            FieldTracker tracker,
            InstantSource clock) {
        this.transactions = transactions;
        this.rules = rules;
        this.strategies = strategies;
        this.ids = ids;
        this.tracker = tracker;
        this.clock = clock;
    }

    StoredObject create(ObjectFormat format, String namespace, ObjectNode object, WriteOptions options) {
        ResourceType type = format.type();
        Strategy strategy = strategies.of(type);
        checkNew(type, namespace, object);
        if (type.hasStatus() && !strategy.keepsStatusAtCreation()) {
            object.remove("status");
        }
        rules.fill(type, object);
        options.gate().pass(object, null);
        rules.fill(type, object);
        ArrayNode owners = tracker.atCreation(type, object, options.tracking());
        boolean isNameGenerated = Metadata.of(object).name().isEmpty();
        for (int tries = 1; ; tries++) {
            ObjectNode candidate = object.deepCopy();
            fillMetadata(type, candidate);
            FieldTracker.set(candidate, owners);
            strategy.prepareCreate(candidate);
            rules.checkNew(type, candidate);
            ObjectPath path =
                    new ObjectPath(type, namespace, Metadata.of(candidate).name());
            Reservation reservation = strategy.reserve(candidate, null);
            Bytes value = format.encode(candidate);
            Outcome outcome = put(new Write(path.key(), Revision.ZERO, value, reservation), options);
            switch (outcome) {
                case Outcome.Written(Revision at) -> {
                    return new StoredObject(path.key(), value, at);
                }
                case Outcome.Raced(StoredObject current) -> {
                    boolean isTaken = current != null;
                    if (tries >= NAME_TRIES || (isTaken && !isNameGenerated)) {
                        throw isTaken
                                ? ApiException.alreadyExists(type.id(), path.name())
                                : path.conflict("what it needs was taken by others again and again; try again");
                    }
                }
            }
        }
    }

    private Outcome put(Write write, WriteOptions options) {
        if (!options.isDryRun()) {
            return transactions.write(write, options.fence());
        }
        StoredObject current = transactions.read(write.key(), Consistency.LINEARIZABLE);
        Revision found = current == null ? Revision.ZERO : current.revision();
        return found.equals(write.expected()) ? new Outcome.Written(found) : new Outcome.Raced(current);
    }

    private static void checkNew(ResourceType type, String namespace, ObjectNode object) {
        Metadata metadata = Metadata.of(object);
        if (!metadata.resourceVersion().isEmpty()) {
            throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
        }
        if (type.isNamespaced()) {
            if (!metadata.namespace().isEmpty() && !metadata.namespace().equals(namespace)) {
                throw ApiException.badRequest(
                        "the namespace of the provided object does not match the namespace sent on the request");
            }
            metadata.set("namespace", namespace);
        } else {
            metadata.remove("namespace");
        }
    }

    private void fillMetadata(ResourceType type, ObjectNode object) {
        Metadata metadata = Metadata.of(object);
        if (metadata.name().isEmpty() && !metadata.text("generateName").isEmpty()) {
            metadata.set("name", ids.name(metadata.text("generateName")));
        }
        metadata.set("uid", ids.uid());
        metadata.set("creationTimestamp", Metadata.time(clock.instant()));
        metadata.remove("deletionTimestamp")
                .remove("deletionGracePeriodSeconds")
                .remove("selfLink")
                .remove("managedFields");
        if (Generations.counts(type)) {
            metadata.set("generation", 1);
        } else {
            metadata.remove("generation");
        }
    }

    StoredObject update(ObjectFormat format, ObjectPath path, Part part, Update update, WriteOptions options) {
        StoredObject current = transactions.read(path.key(), Consistency.SERIALIZABLE);
        boolean isFresh = false;
        for (int tries = 1; ; tries++) {
            Step step;
            try {
                step = step(format, path, part, update, options, current);
            } catch (ApiException e) {
                if (isFresh) {
                    throw e;
                }
                current = transactions.read(path.key(), Consistency.LINEARIZABLE);
                isFresh = true;
                continue;
            }
            if (step.write() == null || options.isDryRun()) {
                if (isFresh) {
                    return step.result();
                }
                current = transactions.read(path.key(), Consistency.LINEARIZABLE);
                isFresh = true;
                continue;
            }
            Outcome outcome = transactions.write(step.write(), options.fence());
            switch (outcome) {
                case Outcome.Written(Revision at) -> {
                    return step.result().at(at);
                }
                case Outcome.Raced(StoredObject found) -> {
                    if (tries >= TRIES) {
                        throw path.conflict(MODIFIED);
                    }
                    current = found;
                    isFresh = true;
                }
            }
        }
    }

    /** @param write null when nothing changes */
    private record Step(StoredObject result, @Nullable Write write) {}

    private Step step(
            ObjectFormat format,
            ObjectPath path,
            Part part,
            Update update,
            WriteOptions options,
            @Nullable StoredObject current) {
        if (current == null) {
            throw path.notFound();
        }
        ResourceType type = format.type();
        Strategy strategy = strategies.of(type);
        ObjectNode old = format.tree(current);
        ObjectNode wanted = update.apply(old.deepCopy());
        checkIdentity(path, wanted, old);
        JsonNode givenOwners = FieldTracker.given(wanted);
        ObjectNode next = part.merged(wanted, old, type.hasStatus());
        rules.fill(type, next);
        prepare(strategy, part, next, old);
        options.gate().pass(next, old);
        rules.fill(type, next);
        prepare(strategy, part, next, old);
        restoreMetadata(type, part, next, old);
        tracker.atChange(type, givenOwners, next, old, options.tracking());
        rules.checkChanged(type, part, next, old);
        if (DeletionPlan.isOver(next, strategy)) {
            return new Step(
                    new StoredObject(path.key(), format.encode(next), current.revision()),
                    new Write(path.key(), current.revision(), null, strategy.reserve(null, old)));
        }
        Reservation reservation = part == Part.OBJECT ? strategy.reserve(next, old) : Reservation.NONE;
        Bytes value = format.encode(next);
        if (reservation.isNone() && ObjectFormat.isSame(value, current.value())) {
            return new Step(current, null);
        }
        return new Step(
                new StoredObject(path.key(), value, current.revision()),
                new Write(path.key(), current.revision(), value, reservation));
    }

    private static void prepare(Strategy strategy, Part part, ObjectNode next, ObjectNode old) {
        if (part == Part.OBJECT) {
            strategy.prepareUpdate(next, old);
        }
    }

    private static void checkIdentity(ObjectPath path, ObjectNode wanted, ObjectNode old) {
        Metadata next = Metadata.of(wanted);
        Metadata before = Metadata.of(old);
        if (!next.name().isEmpty() && !next.name().equals(path.name())) {
            throw ApiException.badRequest("the name of the object (%s) does not match the name on the URL (%s)"
                    .formatted(next.name(), path.name()));
        }
        if (path.type().isNamespaced()
                && !next.namespace().isEmpty()
                && !next.namespace().equals(path.namespace())) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        if (!next.uid().isEmpty() && !next.uid().equals(before.uid())) {
            throw path.conflict("Precondition failed: UID in precondition: %s, UID in object meta: %s"
                    .formatted(next.uid(), before.uid()));
        }
        String version = next.resourceVersion();
        if (!version.isEmpty() && !version.equals("0") && !version.equals(before.resourceVersion())) {
            throw path.conflict(MODIFIED);
        }
    }

    private static void restoreMetadata(ResourceType type, Part part, ObjectNode next, ObjectNode old) {
        Metadata metadata = Metadata.of(next);
        Metadata before = Metadata.of(old);
        for (String field : List.of(
                "name",
                "namespace",
                "uid",
                "creationTimestamp",
                "generateName",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "generation",
                "managedFields",
                "selfLink")) {
            metadata.restore(field, before);
        }
        if (part != Part.SERVER && Generations.counts(type) && Generations.isChanged(next, old)) {
            metadata.set("generation", before.generation() + 1);
        }
    }
}
