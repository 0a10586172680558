package io.kvorum.kubelet.api;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.kubelet.pod.PodStatusSink;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@link PodStatusSink} by merge patches of the status that name the pod's uid, so that a namesake is never touched. */
public final class ApiPodStatusSink implements PodStatusSink {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectApi api;

    public ApiPodStatusSink(ObjectApi api) {
        this.api = api;
    }

    @Override
    public void publish(Pod pod, PodStatus status) {
        ObjectNode wanted = tree(status);
        if (pod.getStatus() != null) {
            ObjectNode before = tree(pod.getStatus());
            if (before.equals(wanted)) {
                return;
            }
            // A merge patch removes only what it says is null.
            before.propertyNames().stream().filter(name -> !wanted.has(name)).forEach(wanted::putNull);
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
        patch.set("status", wanted);
        try {
            api.mergePatchStatus(Pod.class, ObjectKey.of(pod), JSON.writeValueAsString(patch));
        } catch (KubernetesClientException failure) {
            // 409: another pod has the name now; what this one was is of no interest any more.
            if (failure.getCode() != 409) {
                throw failure;
            }
        }
    }

    private ObjectNode tree(PodStatus status) {
        return (ObjectNode)
                JSON.readTree(api.client().getKubernetesSerialization().asJson(status));
    }

    @Override
    public void delete(Pod pod) {
        api.deleteNow(pod);
    }
}
