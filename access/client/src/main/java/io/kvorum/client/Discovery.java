package io.kvorum.client;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Asks the server which resources it serves, each in its group's preferred version. Safe from any thread. */
public final class Discovery {
    /** The resources found, and the group versions whose answer failed. */
    public record Found(List<ApiResource> resources, List<String> failed) {
        public Found {
            resources = List.copyOf(resources);
            failed = List.copyOf(failed);
        }
    }

    private final KubernetesClient client;

    public Discovery(KubernetesClient client) {
        this.client = client;
    }

    /** Resources without subresources; one that only an older version of its group has is found in that one. */
    public Found preferred() {
        List<ApiResource> resources = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        collect("", List.of("v1"), resources, failed);
        for (APIGroup group : client.getApiGroups().getGroups()) {
            Set<String> versions = new LinkedHashSet<>();
            if (group.getPreferredVersion() != null) {
                versions.add(group.getPreferredVersion().getVersion());
            }
            group.getVersions().forEach(version -> versions.add(version.getVersion()));
            collect(group.getName(), versions, resources, failed);
        }
        return new Found(resources, failed);
    }

    private void collect(String group, Iterable<String> versions, List<ApiResource> resources, List<String> failed) {
        Set<String> known = new LinkedHashSet<>();
        for (String version : versions) {
            String groupVersion = group.isEmpty() ? version : group + "/" + version;
            try {
                APIResourceList answer = client.getApiResources(groupVersion);
                if (answer == null) {
                    failed.add(groupVersion);
                    continue;
                }
                for (APIResource resource : answer.getResources()) {
                    if (!resource.getName().contains("/") && known.add(resource.getName())) {
                        resources.add(new ApiResource(
                                group,
                                version,
                                resource.getName(),
                                resource.getKind(),
                                Boolean.TRUE.equals(resource.getNamespaced()),
                                resource.getVerbs()));
                    }
                }
            } catch (KubernetesClientException e) {
                failed.add(groupVersion);
            }
        }
    }
}
