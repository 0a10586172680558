package io.kvorum.kubelet.volume;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.kvorum.kubelet.desired.ClusterObjects;
import io.kvorum.kubelet.desired.PodFields;
import io.kvorum.kubelet.desired.PodRef;
import io.kvorum.kubelet.desired.SetupFailed;
import io.kvorum.model.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Works out the files of volumes that come from the API: config maps, secrets, downward API, tokens. Keeps the tokens it
 * got until 80 % of their life is over. Any thread, but one pod on one thread at a time.
 */
final class ProjectedFiles {
    private static final String REASON = "FailedMount";
    private static final int USUAL_MODE = 0644;
    private static final long USUAL_TOKEN_SECONDS = 3600;

    private record TokenKey(String podUid, String volume, String path) {}

    private final ClusterObjects objects;
    private final InstantSource clock;
    /** At most one per token projection of the pods on this node; forgotten with the pod. */
    private final Map<TokenKey, ClusterObjects.Token> tokens = new ConcurrentHashMap<>();

    ProjectedFiles(ClusterObjects objects, InstantSource clock) {
        this.objects = objects;
        this.clock = clock;
    }

    static boolean isProjected(Volume volume) {
        return volume.getConfigMap() != null
                || volume.getSecret() != null
                || volume.getDownwardAPI() != null
                || volume.getProjected() != null;
    }

    SortedMap<String, FileContent> of(Volume volume, PodFields fields) {
        String namespace = fields.pod().getMetadata().getNamespace();
        SortedMap<String, FileContent> files = new TreeMap<>();
        if (volume.getConfigMap() != null) {
            var source = volume.getConfigMap();
            int mode = requireNonNullElse(source.getDefaultMode(), USUAL_MODE);
            addConfigMap(namespace, source.getName(), source.getOptional(), source.getItems(), mode, files);
        } else if (volume.getSecret() != null) {
            var source = volume.getSecret();
            int mode = requireNonNullElse(source.getDefaultMode(), USUAL_MODE);
            addSecret(namespace, source.getSecretName(), source.getOptional(), source.getItems(), mode, files);
        } else if (volume.getDownwardAPI() != null) {
            var source = volume.getDownwardAPI();
            addFields(source.getItems(), requireNonNullElse(source.getDefaultMode(), USUAL_MODE), fields, files);
        } else {
            int mode = requireNonNullElse(volume.getProjected().getDefaultMode(), USUAL_MODE);
            for (VolumeProjection part : volume.getProjected().getSources()) {
                addProjection(part, volume.getName(), mode, fields, files);
            }
        }
        return files;
    }

    private void addProjection(
            VolumeProjection part, String volume, int mode, PodFields fields, SortedMap<String, FileContent> files) {
        String namespace = fields.pod().getMetadata().getNamespace();
        if (part.getConfigMap() != null) {
            var source = part.getConfigMap();
            addConfigMap(namespace, source.getName(), source.getOptional(), source.getItems(), mode, files);
        }
        if (part.getSecret() != null) {
            var source = part.getSecret();
            addSecret(namespace, source.getName(), source.getOptional(), source.getItems(), mode, files);
        }
        if (part.getDownwardAPI() != null) {
            addFields(part.getDownwardAPI().getItems(), mode, fields, files);
        }
        if (part.getServiceAccountToken() != null) {
            var source = part.getServiceAccountToken();
            files.put(source.getPath(), new FileContent(Bytes.utf8(token(source, volume, fields)), mode));
        }
    }

    private String token(ServiceAccountTokenProjection source, String volume, PodFields fields) {
        PodRef pod = PodRef.of(fields.pod());
        TokenKey key = new TokenKey(pod.uid(), volume, source.getPath());
        Instant now = clock.instant();
        ClusterObjects.Token known = tokens.get(key);
        if (known == null || now.isAfter(renewalOf(known))) {
            String account = requireNonNullElse(fields.pod().getSpec().getServiceAccountName(), "default");
            known = objects.token(
                    pod,
                    account,
                    Optional.ofNullable(source.getAudience()),
                    requireNonNullElse(source.getExpirationSeconds(), USUAL_TOKEN_SECONDS));
            tokens.put(key, known);
        }
        return known.text();
    }

    private static Instant renewalOf(ClusterObjects.Token token) {
        Duration life = Duration.between(token.issued(), token.expires());
        return token.issued().plus(life.multipliedBy(4).dividedBy(5));
    }

    private void addConfigMap(
            String namespace,
            String name,
            @Nullable Boolean optional,
            @Nullable List<KeyToPath> items,
            int mode,
            SortedMap<String, FileContent> files) {
        Optional<ConfigMap> found = objects.configMap(namespace, name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new SetupFailed(REASON, "configmap \"" + name + "\" not found");
        }
        SortedMap<String, Bytes> data = new TreeMap<>();
        found.map(ConfigMap::getData).ifPresent(texts -> texts.forEach((key, text) -> data.put(key, Bytes.utf8(text))));
        found.map(ConfigMap::getBinaryData)
                .ifPresent(texts -> texts.forEach((key, text) -> data.put(key, decoded(text))));
        addKeys("configmap", data, items, mode, Boolean.TRUE.equals(optional), files);
    }

    private void addSecret(
            String namespace,
            String name,
            @Nullable Boolean optional,
            @Nullable List<KeyToPath> items,
            int mode,
            SortedMap<String, FileContent> files) {
        Optional<Secret> found = objects.secret(namespace, name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new SetupFailed(REASON, "secret \"" + name + "\" not found");
        }
        SortedMap<String, Bytes> data = new TreeMap<>();
        found.map(Secret::getData).ifPresent(texts -> texts.forEach((key, text) -> data.put(key, decoded(text))));
        addKeys("secret", data, items, mode, Boolean.TRUE.equals(optional), files);
    }

    private static void addKeys(
            String kind,
            SortedMap<String, Bytes> data,
            @Nullable List<KeyToPath> items,
            int mode,
            boolean optional,
            SortedMap<String, FileContent> files) {
        if (items == null || items.isEmpty()) {
            data.forEach((key, bytes) -> files.put(key, new FileContent(bytes, mode)));
            return;
        }
        for (KeyToPath item : items) {
            Bytes bytes = data.get(item.getKey());
            if (bytes != null) {
                files.put(item.getPath(), new FileContent(bytes, requireNonNullElse(item.getMode(), mode)));
            } else if (!optional) {
                throw new SetupFailed(REASON, kind + " references non-existent key: " + item.getKey());
            }
        }
    }

    private static void addFields(
            List<DownwardAPIVolumeFile> items, int mode, PodFields fields, SortedMap<String, FileContent> files) {
        for (DownwardAPIVolumeFile item : items) {
            String text = item.getFieldRef() != null
                    ? fields.field(item.getFieldRef().getFieldPath()).orElse("")
                    : fields.resource(
                            item.getResourceFieldRef(),
                            fields.pod().getSpec().getContainers().getFirst());
            files.put(item.getPath(), new FileContent(Bytes.utf8(text), requireNonNullElse(item.getMode(), mode)));
        }
    }

    private static Bytes decoded(String base64) {
        return Bytes.wrap(Base64.getDecoder().decode(base64));
    }

    void forget(String podUid) {
        tokens.keySet().removeIf(key -> key.podUid.equals(podUid));
    }
}
