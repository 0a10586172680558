package io.kvorum.apiserver.bootstrap;

import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.authz.PolicyRule;
import io.kvorum.apiserver.cluster.KnownResources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@code default-policy.txt}, whose head explains its form, into roles and bindings; one use, one thread. */
final class PolicyFile {
    /** One object of the policy and where it belongs. */
    record Entry(GroupVersionResource resource, ObjectNode object) {}

    private static final String API_VERSION = "rbac.authorization.k8s.io/v1";
    private static final String API_GROUP = "rbac.authorization.k8s.io";
    private static final List<String> READ = List.of("get", "list", "watch");
    private static final List<String> WRITE = List.of("create", "delete", "deletecollection", "patch", "update");

    private final List<Entry> entries = new ArrayList<>();
    private int lineNumber;

    private PolicyFile() {}

    static List<Entry> read() {
        try (InputStream in =
                Objects.requireNonNull(PolicyFile.class.getResourceAsStream("default-policy.txt"), "default policy")) {
            PolicyFile file = new PolicyFile();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(file::line);
            return List.copyOf(file.entries);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the default policy from the class path", e);
        }
    }

    private void line(String line) {
        lineNumber++;
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("  ")) {
            detail(line.strip());
            return;
        }
        List<String> words = Arrays.asList(line.split(" +"));
        switch (words.getFirst()) {
            case "clusterrole" -> {
                ObjectNode role = object(KnownResources.CLUSTER_ROLES, "ClusterRole", words.get(1));
                ObjectNode labels = (ObjectNode) role.path("metadata").path("labels");
                words.subList(2, words.size()).forEach(label -> putLabel(labels, label));
            }
            case "role" -> object(KnownResources.ROLES, "Role", words.get(1));
            case "clusterbinding" ->
                bind(
                        object(KnownResources.CLUSTER_ROLE_BINDINGS, "ClusterRoleBinding", words.get(1)),
                        "ClusterRole",
                        words);
            case "binding" -> bind(object(KnownResources.ROLE_BINDINGS, "RoleBinding", words.get(1)), "Role", words);
            default -> throw malformed("begins with an unknown word");
        }
    }

    private void detail(String text) {
        ObjectNode role = entries.getLast().object();
        if (text.startsWith("aggregates ")) {
            ObjectNode labels = role.withObjectProperty("aggregationRule")
                    .withArrayProperty("clusterRoleSelectors")
                    .addObject()
                    .putObject("matchLabels");
            putLabel(labels, text.substring("aggregates ".length()));
            return;
        }
        role.withArrayProperty("rules").add(rule(text).json());
    }

    private PolicyRule rule(String text) {
        List<List<String>> columns = Arrays.stream(text.split(";"))
                .map(column -> Arrays.asList(column.strip().split(" +")))
                .toList();
        List<String> verbs = columns.getFirst().stream()
                .flatMap(verb -> verbs(verb).stream())
                .sorted()
                .distinct()
                .toList();
        return switch (columns.size()) {
            case 2 -> new PolicyRule(verbs, List.of(), List.of(), List.of(), columns.get(1));
            case 3 -> new PolicyRule(verbs, groups(columns.get(1)), columns.get(2), List.of(), List.of());
            case 4 -> new PolicyRule(verbs, groups(columns.get(1)), columns.get(2), columns.get(3), List.of());
            default -> throw malformed("has neither 2, 3 nor 4 columns");
        };
    }

    private static List<String> verbs(String word) {
        return switch (word) {
            case "read" -> READ;
            case "write" -> WRITE;
            default -> List.of(word);
        };
    }

    private static List<String> groups(List<String> words) {
        return words.stream().map(word -> word.equals("core") ? "" : word).toList();
    }

    private ObjectNode object(GroupVersionResource resource, String kind, String path) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("kind", kind).put("apiVersion", API_VERSION);
        ObjectNode metadata = object.putObject("metadata");
        int slash = path.indexOf('/');
        metadata.put("name", path.substring(slash + 1));
        if (slash >= 0) {
            metadata.put("namespace", path.substring(0, slash));
        }
        metadata.putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
        metadata.putObject("annotations").put(DefaultPolicy.AUTO_UPDATE, "true");
        entries.add(new Entry(resource, object));
        return object;
    }

    private void bind(ObjectNode binding, String roleKind, List<String> words) {
        binding.putObject("roleRef")
                .put("apiGroup", API_GROUP)
                .put("kind", roleKind)
                .put("name", words.get(2));
        if (words.size() > 3) {
            ArrayNode subjects = binding.putArray("subjects");
            words.subList(3, words.size()).forEach(word -> putSubject(subjects.addObject(), word));
        }
    }

    private void putSubject(ObjectNode subject, String word) {
        int equals = word.indexOf('=');
        String name = word.substring(equals + 1);
        switch (word.substring(0, Math.max(0, equals))) {
            case "user" ->
                subject.put("kind", "User").put("apiGroup", API_GROUP).put("name", name);
            case "group" ->
                subject.put("kind", "Group").put("apiGroup", API_GROUP).put("name", name);
            case "account" ->
                subject.put("kind", "ServiceAccount")
                        .put("name", name.substring(name.indexOf('/') + 1))
                        .put("namespace", name.substring(0, name.indexOf('/')));
            default -> throw malformed("names a subject that is neither user, group nor account");
        }
    }

    private static void putLabel(ObjectNode labels, String label) {
        int equals = label.indexOf('=');
        labels.put(label.substring(0, equals), label.substring(equals + 1));
    }

    private IllegalStateException malformed(String what) {
        return new IllegalStateException("line " + lineNumber + " of the default policy " + what);
    }
}
