package io.kvorum.registry;

import tools.jackson.databind.node.ObjectNode;

/** A job selects its pods by its own uid unless its maker insists on a selector. */
final class JobStrategy implements Strategy {
    @Override
    public void prepareCreate(ObjectNode job) {
        ObjectNode spec = job.withObjectProperty("spec");
        if (spec.path("manualSelector").asBoolean(false)) {
            return;
        }
        Metadata metadata = Metadata.of(job);
        ObjectNode labels = spec.withObjectProperty("template")
                .withObjectProperty("metadata")
                .withObjectProperty("labels");
        labels.put("batch.kubernetes.io/controller-uid", metadata.uid());
        labels.put("batch.kubernetes.io/job-name", metadata.name());
        labels.put("controller-uid", metadata.uid());
        labels.put("job-name", metadata.name());
        spec.withObjectProperty("selector")
                .withObjectProperty("matchLabels")
                .put("batch.kubernetes.io/controller-uid", metadata.uid());
    }

    @Override
    public boolean orphansByDefault() {
        return true;
    }
}
