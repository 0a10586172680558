package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** CronJobs. */
final class CronJobRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        schedule(Tree.text(spec, "schedule"), problems);
        zone(Tree.text(spec, "timeZone"), problems);
        problems.notNegative(SPEC, spec, "startingDeadlineSeconds");
        problems.notNegative(SPEC, spec, "successfulJobsHistoryLimit");
        problems.notNegative(SPEC, spec, "failedJobsHistoryLimit");
        Place job = SPEC.fields("jobTemplate", "spec");
        if (Tree.flag(spec, "jobTemplate", "spec", "manualSelector")) {
            problems.unsupported(job.field("manualSelector"), "true", List.of("nil", "false"));
        }
        JobRules.spec(Tree.at(spec, "jobTemplate", "spec"), job, problems);
    }

    private static void schedule(String schedule, Problems problems) {
        Place at = SPEC.field("schedule");
        if (schedule.isEmpty()) {
            problems.required(at);
        } else if (schedule.contains("TZ")) {
            problems.invalid(at, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        } else {
            CronSyntax.problem(schedule).ifPresent(problem -> problems.invalid(at, schedule, problem));
        }
    }

    private static void zone(String zone, Problems problems) {
        if (zone.isEmpty()) {
            return;
        }
        Place at = SPEC.field("timeZone");
        if (zone.equalsIgnoreCase("Local")) {
            problems.invalid(
                    at, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
            return;
        }
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            problems.invalid(at, zone, "unknown time zone " + zone);
        }
    }
}
