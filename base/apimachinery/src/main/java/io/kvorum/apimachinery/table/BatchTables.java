package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Jobs and CronJobs. */
final class BatchTables {
    private BatchTables() {}

    static void addTo(Map<String, Layout> layouts) {
        layouts.put(
                "jobs.batch",
                Layout.of(
                        BatchTables::job,
                        Column.named(),
                        Column.text("Status", "How far the job is."),
                        Column.text("Completions", "How many pods have succeeded, of how many."),
                        Column.text("Duration", "How long it took, or has taken until now."),
                        Column.age(),
                        Column.wide("Containers", "The names of the template's containers."),
                        Column.wide("Images", "The images of the template's containers."),
                        Column.wide("Selector", "Which pods belong to it.")));
        layouts.put(
                "cronjobs.batch",
                Layout.of(
                        BatchTables::cronJob,
                        Column.named(),
                        Column.text("Schedule", "When it starts jobs."),
                        Column.text("Timezone", "Where the schedule's clock stands."),
                        Column.flag("Suspend", "Whether it starts none for now."),
                        Column.number("Active", "How many of its jobs are running."),
                        Column.text("Last Schedule", "How long ago the last job was started."),
                        Column.age(),
                        Column.wide("Containers", "The names of the template's containers."),
                        Column.wide("Images", "The images of the template's containers."),
                        Column.wide("Selector", "Which pods belong to it.")));
    }

    private static void job(Row row) {
        ObjectNode job = row.object();
        row.name()
                .text(status(job))
                .text(completions(job))
                .text(duration(row))
                .age()
                .containers(Tree.at(job, "spec", "template", "spec"))
                .text(Tables.selector(Tree.at(job, "spec", "selector")));
    }

    private static String status(ObjectNode job) {
        for (String condition : List.of("Complete", "Failed")) {
            if (PodTable.holds(job, condition)) {
                return condition;
            }
        }
        if (Tree.has(job, "metadata", "deletionTimestamp")) {
            return "Terminating";
        }
        for (String condition : List.of("Suspended", "FailureTarget", "SuccessCriteriaMet")) {
            if (PodTable.holds(job, condition)) {
                return condition;
            }
        }
        return "Running";
    }

    private static String completions(ObjectNode job) {
        long succeeded = Tree.number(job, "status", "succeeded");
        if (Tree.has(job, "spec", "completions")) {
            return succeeded + "/" + Tree.number(job, "spec", "completions");
        }
        long parallelism = Tree.number(job, "spec", "parallelism");
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String duration(Row row) {
        String start = Tree.text(row.object(), "status", "startTime");
        String end = Tree.text(row.object(), "status", "completionTime");
        if (start.isEmpty()) {
            return "";
        }
        return end.isEmpty() ? row.ago(start) : HumanDuration.since(start, Instant.parse(end));
    }

    private static void cronJob(Row row) {
        ObjectNode cronJob = row.object();
        String last = Tree.text(cronJob, "status", "lastScheduleTime");
        row.name()
                .text(Tree.text(cronJob, "spec", "schedule"))
                .text(Row.orElse(Tree.text(cronJob, "spec", "timeZone"), Row.NONE))
                .text(Tree.flag(cronJob, "spec", "suspend") ? "True" : "False")
                .number(Tree.list(cronJob, "status", "active").size())
                .text(last.isEmpty() ? Row.NONE : row.ago(last))
                .age()
                .containers(Tree.at(cronJob, "spec", "jobTemplate", "spec", "template", "spec"))
                .text(Tables.selector(Tree.at(cronJob, "spec", "jobTemplate", "spec", "selector")));
    }
}
