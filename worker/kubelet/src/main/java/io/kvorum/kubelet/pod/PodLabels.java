package io.kvorum.kubelet.pod;

import io.kvorum.kubelet.desired.PodRef;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The labels and annotations by which a later life of the agent finds its pods in the runtime; upstream's names. */
public final class PodLabels {
    public static final String POD_NAME = "io.kubernetes.pod.name";
    public static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
    public static final String POD_UID = "io.kubernetes.pod.uid";
    public static final String CONTAINER_NAME = "io.kubernetes.container.name";
    static final String DEFINITION = "io.kubernetes.container.hash";
    static final String RESTARTS = "io.kubernetes.container.restartCount";
    static final String MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath";
    static final String MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy";
    static final String GRACE = "io.kubernetes.pod.terminationGracePeriod";

    private PodLabels() {}

    static SortedMap<String, String> of(PodRef pod) {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(POD_NAME, pod.name());
        labels.put(POD_NAMESPACE, pod.namespace());
        labels.put(POD_UID, pod.uid());
        return labels;
    }

    /** Empty for what is not a pod's. */
    public static Optional<PodRef> podOf(Map<String, String> labels) {
        String name = labels.get(POD_NAME);
        String namespace = labels.get(POD_NAMESPACE);
        String uid = labels.get(POD_UID);
        return name == null || namespace == null || uid == null
                ? Optional.empty()
                : Optional.of(new PodRef(namespace, name, uid));
    }
}
