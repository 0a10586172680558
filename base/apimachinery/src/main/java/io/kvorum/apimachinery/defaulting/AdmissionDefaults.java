package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Admission webhooks and admission policies. */
final class AdmissionDefaults {
    private AdmissionDefaults() {}

    static void validatingWebhooks(ObjectNode configuration) {
        objects(configuration, "webhooks").forEach(AdmissionDefaults::webhook);
    }

    static void mutatingWebhooks(ObjectNode configuration) {
        for (ObjectNode webhook : objects(configuration, "webhooks")) {
            webhook(webhook);
            fill(webhook, "reinvocationPolicy", "Never");
        }
    }

    private static void webhook(ObjectNode webhook) {
        fill(webhook, "failurePolicy", "Fail");
        fill(webhook, "timeoutSeconds", 10);
        matching(webhook, "rules");
        objectAt(webhook, "clientConfig", "service").ifPresent(service -> fill(service, "port", 443));
    }

    static void policy(ObjectNode policy) {
        ObjectNode spec = ensureObject(policy, "spec");
        fill(spec, "failurePolicy", "Fail");
        objectAt(spec, "matchConstraints").ifPresent(AdmissionDefaults::resources);
    }

    static void mutatingPolicy(ObjectNode policy) {
        policy(policy);
        fill(ensureObject(policy, "spec"), "reinvocationPolicy", "Never");
    }

    static void policyBinding(ObjectNode binding) {
        objectAt(binding, "spec", "matchResources").ifPresent(AdmissionDefaults::resources);
    }

    private static void resources(ObjectNode match) {
        matching(match, "resourceRules");
        objects(match, "excludeResourceRules").forEach(rule -> fill(rule, "scope", "*"));
    }

    private static void matching(ObjectNode match, String rules) {
        fill(match, "matchPolicy", "Equivalent");
        for (String selector : List.of("namespaceSelector", "objectSelector")) {
            ensureObject(match, selector);
        }
        objects(match, rules).forEach(rule -> fill(rule, "scope", "*"));
    }
}
