package io.kvorum.apimachinery.codec;

import org.jspecify.annotations.Nullable;

/** A place inside a document, as a chain from the leaf to the root, so that a path is only written out when needed. */
record Step(@Nullable Step parent, String name, boolean isIndex) {
    static final Step ROOT = new Step(null, "", false);

    Step field(String field) {
        return new Step(this, field, false);
    }

    Step index(int index) {
        return new Step(this, "[" + index + "]", true);
    }

    /** Such as {@code spec.containers[0].image}. */
    String indexed() {
        return text(true);
    }

    /** Such as {@code spec.containers.image}, as Go's JSON errors name it. */
    String plain() {
        return text(false);
    }

    private String text(boolean withIndices) {
        if (parent == null) {
            return name;
        }
        String above = parent.text(withIndices);
        if (isIndex) {
            return withIndices ? above + name : above;
        }
        return above.isEmpty() ? name : above + "." + name;
    }
}
