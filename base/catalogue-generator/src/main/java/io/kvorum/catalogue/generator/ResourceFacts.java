package io.kvorum.catalogue.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One resource of the facts file. */
record ResourceFacts(
        String groupVersion,
        String plural,
        String kind,
        boolean isNamespaced,
        List<String> verbs,
        String schema,
        Map<String, String> extras,
        List<Subresource> subresources) {
    private static final List<String> CRUD =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    /** @param kind with its group and version, such as autoscaling/v1/Scale */
    record Subresource(String name, String kind, List<String> verbs) {}

    static List<ResourceFacts> parse(List<String> lines) {
        List<ResourceFacts> resources = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.strip().split(" ");
            if (line.startsWith("  ")) {
                resources
                        .getLast()
                        .subresources()
                        .add(new Subresource(words[0], words[1], List.of(words[2].split(","))));
            } else {
                resources.add(resource(words));
            }
        }
        return resources;
    }

    private static ResourceFacts resource(String[] words) {
        return new ResourceFacts(
                words[0],
                words[1],
                words[2],
                words[3].equals("namespaced"),
                words[4].equals("crud") ? CRUD : List.of(words[4].split(",")),
                words[5],
                Pairs.parse(words, 6),
                new ArrayList<>());
    }

    String version() {
        return groupVersion.substring(groupVersion.indexOf('/') + 1);
    }
}
