package io.kvorum.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the server does for objects of one kind beyond what it does for all; no state of its own, any thread. */
interface Strategy {
    Strategy NONE = new Strategy() {};

    /** Fills what the server decides at creation; metadata is complete, a client's status is gone already. */
    default void prepareCreate(ObjectNode object) {}

    /** Puts back what clients may not change; status and metadata have been put back already. */
    default void prepareUpdate(ObjectNode next, ObjectNode old) {}

    /** How long the object is given to end; 0 for at once. */
    default long graceSeconds(ObjectNode object, @Nullable Long asked) {
        return 0;
    }

    /** Changes an object that begins to wait for its end. */
    default void markDeleted(ObjectNode object, Instant now) {}

    /** Whether something beside finalizers and grace holds an object that is being deleted. */
    default boolean isHeld(ObjectNode object) {
        return false;
    }

    /** Whether dependents stay when nobody says otherwise. */
    default boolean orphansByDefault() {
        return false;
    }

    /** Whether a status given at creation is kept. */
    default boolean keepsStatusAtCreation() {
        return false;
    }

    /**
     * Takes or gives back what the object has for itself alone, in the same transaction; may fill it into {@code next}.
     *
     * @param next null for a removal
     * @param old null for a creation
     */
    default Reservation reserve(@Nullable ObjectNode next, @Nullable ObjectNode old) {
        return Reservation.NONE;
    }
}
