package io.kvorum.apimachinery.discovery;

import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server answers to a client that asks which groups, versions and resources there are. Made from the catalogue at
 * each call, so that a catalogue that grows is followed. Any thread.
 */
public final class DiscoveryDocuments {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Catalogue catalogue;

    public DiscoveryDocuments(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * {@code /api}: the versions of the core group.
     *
     * @param serverAddress host and port that clients of any address should use
     */
    public ObjectNode coreVersions(String serverAddress) {
        ObjectNode document = JSON.objectNode().put("kind", "APIVersions");
        ArrayNode versions = document.putArray("versions");
        catalogue.groupVersions().stream().filter(GroupVersion::isCore).forEach(each -> versions.add(each.version()));
        document.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", serverAddress);
        return document;
    }

    /** {@code /apis}: all groups but the core. */
    public ObjectNode groups() {
        ObjectNode document = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = document.putArray("groups");
        versionsByGroup().forEach((group, versions) -> {
            if (!group.isEmpty()) {
                fillGroup(groups.addObject(), group, versions);
            }
        });
        return document;
    }

    /** {@code /apis/GROUP}; empty for a group that is not there, and for the core group, which has no such document. */
    public Optional<ObjectNode> group(String group) {
        List<GroupVersion> versions = versionsByGroup().get(group);
        if (versions == null || group.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode document = JSON.objectNode().put("kind", "APIGroup").put("apiVersion", "v1");
        fillGroup(document, group, versions);
        return Optional.of(document);
    }

    /** {@code /api/v1} and {@code /apis/GROUP/VERSION}; empty for a version that is not there. */
    public Optional<ObjectNode> resources(GroupVersion groupVersion) {
        if (!catalogue.groupVersions().contains(groupVersion)) {
            return Optional.empty();
        }
        return Optional.of(ResourceList.of(catalogue, groupVersion));
    }

    /** {@code /api} as an APIGroupDiscoveryList of apidiscovery.k8s.io/v2. */
    public ObjectNode aggregatedCore() {
        return AggregatedList.of(catalogue, coreOnly(true));
    }

    /** {@code /apis} as an APIGroupDiscoveryList of apidiscovery.k8s.io/v2. */
    public ObjectNode aggregatedGroups() {
        return AggregatedList.of(catalogue, coreOnly(false));
    }

    private Map<String, List<GroupVersion>> coreOnly(boolean isCore) {
        Map<String, List<GroupVersion>> chosen = versionsByGroup();
        chosen.keySet().removeIf(group -> group.isEmpty() != isCore);
        return chosen;
    }

    private Map<String, List<GroupVersion>> versionsByGroup() {
        Map<String, List<GroupVersion>> groups = new LinkedHashMap<>();
        for (GroupVersion each : catalogue.groupVersions()) {
            groups.computeIfAbsent(each.group(), _ -> new ArrayList<>()).add(each);
        }
        return groups;
    }

    private static void fillGroup(ObjectNode document, String group, List<GroupVersion> versions) {
        document.put("name", group);
        ArrayNode list = document.putArray("versions");
        versions.forEach(each -> fillVersion(list.addObject(), each));
        fillVersion(document.putObject("preferredVersion"), versions.getFirst());
    }

    private static void fillVersion(ObjectNode node, GroupVersion each) {
        node.put("groupVersion", each.apiVersion()).put("version", each.version());
    }
}
