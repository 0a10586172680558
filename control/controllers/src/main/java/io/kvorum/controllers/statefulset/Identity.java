package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvorum.controllers.PodTemplates;
import io.kvorum.controllers.TemplateHistory;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What makes the n-th pod of a set itself: its name, host name, claims. Pure functions. */
final class Identity {
    private Identity() {}

    static String name(StatefulSet set, int ordinal) {
        return set.getMetadata().getName() + "-" + ordinal;
    }

    /** The number behind the set's name, or -1 for a pod of another name. */
    static int ordinal(StatefulSet set, Pod pod) {
        String prefix = set.getMetadata().getName() + "-";
        String name = pod.getMetadata().getName();
        String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return rest.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(rest) : -1;
    }

    static Pod pod(StatefulSet set, PodTemplateSpec template, int ordinal, String hash) {
        String name = name(set, ordinal);
        Pod pod = PodTemplates.pod(set, template);
        return new PodBuilder(pod)
                .editMetadata()
                .withGenerateName(null)
                .withName(name)
                .addToLabels("statefulset.kubernetes.io/pod-name", name)
                .addToLabels("apps.kubernetes.io/pod-index", Integer.toString(ordinal))
                .addToLabels(TemplateHistory.HASH_LABEL, hash)
                .endMetadata()
                .editSpec()
                .withHostname(name)
                .withSubdomain(Values.or(set.getSpec().getServiceName(), ""))
                .withVolumes(volumes(set, pod.getSpec().getVolumes(), ordinal))
                .endSpec()
                .build();
    }

    private static List<Volume> volumes(StatefulSet set, List<Volume> given, int ordinal) {
        Map<String, Volume> byName = new LinkedHashMap<>();
        given.forEach(volume -> byName.put(volume.getName(), volume));
        for (PersistentVolumeClaim claim : set.getSpec().getVolumeClaimTemplates()) {
            String volume = claim.getMetadata().getName();
            byName.put(
                    volume,
                    new VolumeBuilder()
                            .withName(volume)
                            .withNewPersistentVolumeClaim(claimName(set, volume, ordinal), null)
                            .build());
        }
        return new ArrayList<>(byName.values());
    }

    private static String claimName(StatefulSet set, String template, int ordinal) {
        return template + "-" + name(set, ordinal);
    }

    static List<PersistentVolumeClaim> claims(StatefulSet set, int ordinal) {
        return set.getSpec().getVolumeClaimTemplates().stream()
                .map(template -> new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace(set.getMetadata().getNamespace())
                        .withName(claimName(set, template.getMetadata().getName(), ordinal))
                        .withLabels(PodTemplates.copy(template.getMetadata().getLabels()))
                        .addToLabels(Values.or(set.getSpec().getSelector().getMatchLabels()))
                        .withAnnotations(template.getMetadata().getAnnotations())
                        .endMetadata()
                        .withSpec(template.getSpec())
                        .build())
                .toList();
    }
}
