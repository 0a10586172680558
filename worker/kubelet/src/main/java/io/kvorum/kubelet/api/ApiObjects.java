package io.kvorum.kubelet.api;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.kubelet.desired.ClusterObjects;
import io.kvorum.kubelet.desired.PodRef;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * {@link ClusterObjects} from the API server: single objects are read when needed, as the node's rights allow, Services
 * come from an informer. Any thread; blocks.
 */
public final class ApiObjects implements ClusterObjects {
    private final ObjectApi api;
    private final Informer<Service> services;
    private final InstantSource clock;

    public ApiObjects(ObjectApi api, Informer<Service> services, InstantSource clock) {
        this.api = api;
        this.services = services;
        this.clock = clock;
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        return api.find(ConfigMap.class, new ObjectKey(namespace, name));
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        return api.find(Secret.class, new ObjectKey(namespace, name));
    }

    @Override
    public Optional<Path> claim(String namespace, String name) {
        return api.find(PersistentVolumeClaim.class, new ObjectKey(namespace, name))
                .map(claim -> claim.getSpec().getVolumeName())
                .filter(volume -> !volume.isEmpty())
                .flatMap(volume -> api.find(PersistentVolume.class, ObjectKey.ofCluster(volume)))
                .map(PersistentVolume::getSpec)
                .flatMap(ApiObjects::pathOf);
    }

    private static Optional<Path> pathOf(PersistentVolumeSpec spec) {
        if (spec.getHostPath() != null) {
            return Optional.of(Path.of(spec.getHostPath().getPath()));
        }
        return Optional.ofNullable(spec.getLocal()).map(local -> Path.of(local.getPath()));
    }

    @Override
    public List<Service> services(String namespace) {
        return services.all();
    }

    @Override
    public Token token(PodRef pod, String serviceAccount, Optional<String> audience, long expirationSeconds) {
        TokenRequestBuilder request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(expirationSeconds)
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.name())
                .withUid(pod.uid())
                .endBoundObjectRef()
                .endSpec();
        audience.ifPresent(name -> request.editSpec().withAudiences(name).endSpec());
        Instant issued = clock.instant();
        TokenRequest answer = api.client()
                .serviceAccounts()
                .inNamespace(pod.namespace())
                .withName(serviceAccount)
                .tokenRequest(request.build());
        return new Token(
                answer.getStatus().getToken(),
                issued,
                Instant.parse(answer.getStatus().getExpirationTimestamp()));
    }
}
