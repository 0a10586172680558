package io.kvorum.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/** What a delete means for an object as it stands; pure. */
sealed interface DeletionPlan {
    /** Take it away now. */
    record Remove() implements DeletionPlan {}

    /** Keep it, marked, until somebody finishes. */
    record Mark(ObjectNode marked) implements DeletionPlan {}

    /** It is on its way already. */
    record Wait() implements DeletionPlan {}

    String ORPHAN = "orphan";
    String FOREGROUND = "foregroundDeletion";

    static DeletionPlan of(ObjectNode current, Strategy strategy, DeleteOptions options, Instant now) {
        ObjectNode next = current.deepCopy();
        Metadata metadata = Metadata.of(next);
        metadata.finalizers(finalizers(metadata.finalizers(), strategy, options.propagation()));
        long grace = Math.max(0, strategy.graceSeconds(current, options.graceSeconds()));
        boolean isHeld = !metadata.finalizers().isEmpty() || strategy.isHeld(next);
        if (grace == 0 && !isHeld) {
            return new Remove();
        }
        if (metadata.isBeingDeleted()) {
            shorten(metadata, grace, options);
        } else {
            metadata.set("deletionTimestamp", Metadata.time(now.plusSeconds(grace)));
            metadata.set("deletionGracePeriodSeconds", grace);
            if (metadata.generation() > 0) {
                metadata.set("generation", metadata.generation() + 1);
            }
            strategy.markDeleted(next, now);
        }
        return next.equals(current) ? new Wait() : new Mark(next);
    }

    /** A second delete may only hurry the first one. */
    private static void shorten(Metadata metadata, long grace, DeleteOptions options) {
        OptionalLong known = metadata.deletionGraceSeconds();
        if (known.isPresent() && grace < known.getAsLong() && (options.graceSeconds() != null || grace == 0)) {
            Instant end = Instant.parse(metadata.text("deletionTimestamp"));
            metadata.set("deletionTimestamp", Metadata.time(end.minusSeconds(known.getAsLong() - grace)));
            metadata.set("deletionGracePeriodSeconds", grace);
        }
    }

    private static List<String> finalizers(List<String> existing, Strategy strategy, String propagation) {
        boolean orphans = propagation.isEmpty()
                ? existing.contains(ORPHAN) || (!existing.contains(FOREGROUND) && strategy.orphansByDefault())
                : propagation.equals("Orphan");
        boolean foreground = propagation.isEmpty() ? existing.contains(FOREGROUND) : propagation.equals("Foreground");
        List<String> finalizers = new ArrayList<>(existing);
        finalizers.removeIf(each -> each.equals(ORPHAN) || each.equals(FOREGROUND));
        if (orphans) {
            finalizers.add(ORPHAN);
        } else if (foreground) {
            finalizers.add(FOREGROUND);
        }
        return finalizers;
    }

    /** Whether an object that waits for its end has nothing left to wait for. */
    static boolean isOver(ObjectNode object, Strategy strategy) {
        Metadata metadata = Metadata.of(object);
        return metadata.isBeingDeleted()
                && metadata.finalizers().isEmpty()
                && metadata.deletionGraceSeconds().orElse(0) == 0
                && !strategy.isHeld(object);
    }
}
