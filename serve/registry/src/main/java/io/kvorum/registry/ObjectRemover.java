package io.kvorum.registry;

import io.kvorum.engine.Consistency;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.registry.Transactions.Outcome;
import io.kvorum.registry.Transactions.Write;
import io.kvorum.registry.cache.StoredObject;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Deletes objects, or marks those that something holds. Any thread. */
final class ObjectRemover {
    private static final int TRIES = 16;

    private final Transactions transactions;
    private final Strategies strategies;
    private final InstantSource clock;

    ObjectRemover(Transactions transactions, Strategies strategies, InstantSource clock) {
        this.transactions = transactions;
        this.strategies = strategies;
        this.clock = clock;
    }

    Deleted delete(ObjectFormat format, ObjectPath path, DeleteOptions delete, WriteOptions options) {
        StoredObject current = transactions.read(path.key(), Consistency.LINEARIZABLE);
        for (int tries = 1; tries <= TRIES; tries++) {
            if (current == null) {
                throw path.notFound();
            }
            Step step = step(format, path, delete, options, current);
            if (step.write() == null || options.isDryRun()) {
                return step.result();
            }
            Outcome outcome = transactions.write(step.write(), options.fence());
            switch (outcome) {
                case Outcome.Written(Revision at) -> {
                    return new Deleted(
                            step.result().object().at(at), step.result().isGone());
                }
                case Outcome.Raced(StoredObject found) -> current = found;
            }
        }
        throw path.conflict("it changes faster than it can be deleted; try again");
    }

    /** @param write null when nothing changes */
    private record Step(Deleted result, @Nullable Write write) {}

    private Step step(
            ObjectFormat format, ObjectPath path, DeleteOptions delete, WriteOptions options, StoredObject current) {
        Strategy strategy = strategies.of(path.type());
        ObjectNode object = format.tree(current);
        checkPreconditions(path, delete, Metadata.of(object));
        options.gate().pass(null, object);
        return switch (DeletionPlan.of(object, strategy, delete, clock.instant())) {
            case DeletionPlan.Wait() -> new Step(new Deleted(current, false), null);
            case DeletionPlan.Remove() ->
                new Step(
                        new Deleted(current, true),
                        new Write(path.key(), current.revision(), null, strategy.reserve(null, object)));
            case DeletionPlan.Mark(ObjectNode marked) -> {
                Bytes value = format.encode(marked);
                yield new Step(
                        new Deleted(new StoredObject(path.key(), value, current.revision()), false),
                        new Write(path.key(), current.revision(), value, Reservation.NONE));
            }
        };
    }

    private static void checkPreconditions(ObjectPath path, DeleteOptions delete, Metadata metadata) {
        if (!delete.uid().isEmpty() && !delete.uid().equals(metadata.uid())) {
            throw path.conflict(("the UID in the precondition (%s) does not match the UID in record (%s)."
                            + " The object might have been deleted and then recreated")
                    .formatted(delete.uid(), metadata.uid()));
        }
        String version = delete.resourceVersion();
        if (!version.isEmpty() && !version.equals(metadata.resourceVersion())) {
            throw path.conflict(
                    ("the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s)."
                                    + " The object might have been modified")
                            .formatted(version, metadata.resourceVersion()));
        }
    }
}
