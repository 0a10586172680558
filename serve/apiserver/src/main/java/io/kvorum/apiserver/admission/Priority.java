package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.Comparator;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns the name of a pod's priority class into the number the scheduler goes by; any thread. */
final class Priority implements Plugin {
    private static final int HIGHEST_OF_USERS = 1_000_000_000;
    private static final String SYSTEM_PREFIX = "system-";

    private final ClusterObjects objects;

    Priority(ClusterObjects objects) {
        this.objects = objects;
    }

    @Override
    public void change(AdmissionRequest request) {
        if (Subject.isNew(request, KnownResources.PODS)) {
            resolve(request, Subject.object(request).withObjectProperty("spec"));
        } else if (request.operation() == Operation.UPDATE && Subject.is(request, KnownResources.PODS)) {
            keep(
                    Subject.object(request).withObjectProperty("spec"),
                    Subject.old(request).path("spec"));
        }
    }

    @Override
    public void check(AdmissionRequest request) {
        boolean isClass = Subject.isNew(request, KnownResources.PRIORITY_CLASSES);
        if (!isClass || request.caller().isIn("system:masters")) {
            return;
        }
        ObjectNode priorityClass = Subject.object(request);
        if (Fields.name(priorityClass).startsWith(SYSTEM_PREFIX)) {
            throw Subject.forbidden(
                    request,
                    "priority class names with '" + SYSTEM_PREFIX + "' prefix are reserved for system use only");
        }
        if (priorityClass.path("value").asInt(0) > HIGHEST_OF_USERS) {
            throw Subject.forbidden(request, "maximum allowed value of a user defined priority is " + HIGHEST_OF_USERS);
        }
    }

    private void resolve(AdmissionRequest request, ObjectNode spec) {
        String name = spec.path("priorityClassName").asString("");
        Optional<ObjectNode> chosen =
                name.isEmpty() ? byDefault() : objects.find(KnownResources.PRIORITY_CLASSES, "", name);
        if (!name.isEmpty() && chosen.isEmpty()) {
            throw Subject.forbidden(request, "no PriorityClass with name " + name + " was found");
        }
        int value = chosen.map(each -> each.path("value").asInt(0)).orElse(0);
        JsonNode given = spec.path("priority");
        if (given.isNumber() && given.asInt(value) != value) {
            throw Subject.forbidden(
                    request,
                    "the integer value of priority (%d) must not be provided in pod spec; priority admission controller computed %d from the given PriorityClass name"
                            .formatted(given.asInt(0), value));
        }
        chosen.filter(each -> name.isEmpty()).ifPresent(each -> spec.put("priorityClassName", Fields.name(each)));
        spec.put("priority", value);
        if (!spec.hasNonNull("preemptionPolicy")) {
            spec.put(
                    "preemptionPolicy",
                    chosen.map(each -> each.path("preemptionPolicy").asString("PreemptLowerPriority"))
                            .orElse("PreemptLowerPriority"));
        }
    }

    /** Clients that update a pod from their own copy need not know these fields. */
    private static void keep(ObjectNode spec, JsonNode old) {
        for (String field : new String[] {"priority", "preemptionPolicy"}) {
            if (!spec.hasNonNull(field) && old.hasNonNull(field)) {
                spec.set(field, old.path(field));
            }
        }
    }

    /** Of several defaults the lowest. */
    private Optional<ObjectNode> byDefault() {
        return objects.list(KnownResources.PRIORITY_CLASSES, "").stream()
                .filter(each -> each.path("globalDefault").asBoolean(false))
                .min(Comparator.comparingInt(each -> each.path("value").asInt(0)));
    }
}
