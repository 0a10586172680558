package io.kvorum.registry;

import io.kvorum.apimachinery.apply.FieldManager;

/** What a write does to {@code managedFields}. */
public sealed interface Tracking {
    /** They stay as they are: the server itself writes. */
    record Kept() implements Tracking {}

    /** The new object brings them: an apply worked them out. */
    record Given() implements Tracking {}

    /** Whatever changes becomes this manager's. */
    record By(FieldManager manager) implements Tracking {}
}
