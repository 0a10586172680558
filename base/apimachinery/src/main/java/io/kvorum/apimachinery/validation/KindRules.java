package io.kvorum.apimachinery.validation;

import tools.jackson.databind.node.ObjectNode;

/** The rules of one kind, beyond metadata and schema. */
interface KindRules {
    /** What holds for every object of the kind, new or changed. */
    void check(ObjectNode object, Problems problems);

    /** What may not change. */
    default void checkChange(ObjectNode object, ObjectNode before, Problems problems) {}
}
