package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs and CronJobs. */
final class BatchDefaults {
    private BatchDefaults() {}

    static void job(ObjectNode job) {
        ObjectNode spec = ensureObject(job, "spec");
        if (!Tree.has(spec, "completions") && !Tree.has(spec, "parallelism")) {
            spec.put("completions", 1);
        }
        fill(spec, "parallelism", 1);
        fill(spec, "backoffLimit", Tree.has(spec, "backoffLimitPerIndex") ? Integer.MAX_VALUE : 6);
        fill(spec, "completionMode", "NonIndexed");
        fill(spec, "suspend", false);
        fill(spec, "manualSelector", false);
        for (ObjectNode rule : objects(spec, "podFailurePolicy", "rules")) {
            objects(rule, "onPodConditions").forEach(condition -> fill(condition, "status", "True"));
        }
        fill(spec, "podReplacementPolicy", Tree.has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        labelsFromTemplate(job, Tree.at(spec, "template", "metadata", "labels"));
        PodDefaults.templateOf(spec);
    }

    private static void labelsFromTemplate(ObjectNode job, JsonNode labels) {
        ObjectNode metadata = ensureObject(job, "metadata");
        if (!labels.isEmpty() && Tree.at(metadata, "labels").isEmpty()) {
            metadata.set("labels", labels.deepCopy());
        }
    }

    static void cronJob(ObjectNode cronJob) {
        ObjectNode spec = ensureObject(cronJob, "spec");
        fill(spec, "concurrencyPolicy", "Allow");
        fill(spec, "suspend", false);
        fill(spec, "successfulJobsHistoryLimit", 3);
        fill(spec, "failedJobsHistoryLimit", 1);
        objectAt(spec, "jobTemplate", "spec").ifPresent(PodDefaults::templateOf);
    }
}
