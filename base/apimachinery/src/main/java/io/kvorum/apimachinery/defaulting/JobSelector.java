package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The labels by which a Job knows its pods; they name the Job's uid, so they are made once that is known. */
public final class JobSelector {
    private static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
    private static final String JOB_NAME = "batch.kubernetes.io/job-name";

    private JobSelector() {}

    /** Labels the template and sets the selector, unless the Job selects by hand; changes the Job in place. */
    public static void generate(ObjectNode job) {
        ObjectNode spec = ensureObject(job, "spec");
        if (Tree.flag(spec, "manualSelector")) {
            return;
        }
        String uid = Tree.text(job, "metadata", "uid");
        String name = Tree.text(job, "metadata", "name");
        ObjectNode labels = ensureObject(ensureObject(ensureObject(spec, "template"), "metadata"), "labels");
        for (String label : List.of("controller-uid", CONTROLLER_UID)) {
            Tree.fill(labels, label, uid);
        }
        for (String label : List.of("job-name", JOB_NAME)) {
            Tree.fill(labels, label, name);
        }
        Tree.fill(ensureObject(ensureObject(spec, "selector"), "matchLabels"), CONTROLLER_UID, uid);
    }
}
