package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import java.util.ArrayList;
import java.util.List;

/** Finds what a caller would give away without having it; any thread. */
public final class Escalation {
    private Escalation() {}

    /** Those of the wanted rules, cut into single verbs on single things, that none of the own ones covers. */
    public static List<PolicyRule> notCovered(List<PolicyRule> own, List<PolicyRule> wanted) {
        List<PolicyRule> missing = new ArrayList<>();
        for (PolicyRule rule : wanted) {
            for (PolicyRule atom : rule.atoms()) {
                if (own.stream().noneMatch(each -> each.covers(atom))) {
                    missing.add(atom);
                }
            }
        }
        return missing;
    }

    /** As upstream tells the refused. */
    public static String text(Caller caller, List<PolicyRule> missing) {
        StringBuilder text =
                new StringBuilder("user \"%s\" (groups=%s) is attempting to grant RBAC permissions not currently held:"
                        .formatted(caller.user(), quoted(caller.groups())));
        missing.stream()
                .limit(50)
                .forEach(rule -> text.append("\n{").append(compact(rule)).append('}'));
        return text.toString();
    }

    private static String compact(PolicyRule rule) {
        List<String> parts = new ArrayList<>();
        add(parts, "APIGroups", rule.apiGroups());
        add(parts, "Resources", rule.resources());
        add(parts, "NonResourceURLs", rule.nonResourceUrls());
        add(parts, "ResourceNames", rule.resourceNames());
        add(parts, "Verbs", rule.verbs());
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String name, List<String> values) {
        if (!values.isEmpty()) {
            parts.add(name + ":" + quoted(values));
        }
    }

    private static String quoted(List<String> values) {
        return "["
                + String.join(
                        " ", values.stream().map(value -> "\"" + value + "\"").toList()) + "]";
    }
}
