package io.kvorum.registry;

import io.kvorum.apimachinery.defaulting.JobSelector;
import tools.jackson.databind.node.ObjectNode;

/** A job selects its pods by its own uid unless its maker insists on a selector. */
final class JobStrategy implements Strategy {
    @Override
    public void prepareCreate(ObjectNode job) {
        JobSelector.generate(job);
    }

    @Override
    public boolean orphansByDefault() {
        return true;
    }
}
