package io.kvorum.kubelet.image;

import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.kvorum.cri.runtime.AuthConfig;
import io.kvorum.kubelet.desired.ClusterObjects;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Finds the credentials of an image's registry in a pod's imagePullSecrets. Stateless; may block. */
final class PullCredentials {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClusterObjects objects;

    PullCredentials(ClusterObjects objects) {
        this.objects = objects;
    }

    Optional<AuthConfig> of(Pod pod, String image) {
        List<LocalObjectReference> names =
                Optional.ofNullable(pod.getSpec().getImagePullSecrets()).orElse(List.of());
        return names.stream()
                .flatMap(name -> objects.secret(pod.getMetadata().getNamespace(), name.getName()).stream())
                .flatMap(secret -> in(secret, registryOf(image)).stream())
                .findFirst();
    }

    static String registryOf(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : "docker.io";
    }

    private static Optional<AuthConfig> in(Secret secret, String registry) {
        Map<String, String> data = Optional.ofNullable(secret.getData()).orElse(Map.of());
        String encoded = data.getOrDefault(".dockerconfigjson", data.get(".dockercfg"));
        if (encoded == null) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(Base64.getDecoder().decode(encoded));
            JsonNode registries = root.has("auths") ? root.get("auths") : root;
            for (Map.Entry<String, JsonNode> entry : registries.properties()) {
                if (hostOf(entry.getKey()).equals(registry)) {
                    return Optional.of(credentials(entry.getValue()));
                }
            }
            return Optional.empty();
        } catch (JacksonException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static String hostOf(String key) {
        String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        return host.equals("index.docker.io") || host.equals("registry-1.docker.io") ? "docker.io" : host;
    }

    private static AuthConfig credentials(JsonNode node) {
        String user = node.path("username").asString("");
        String password = node.path("password").asString("");
        String both = node.path("auth").asString("");
        if (user.isEmpty() && !both.isEmpty()) {
            String decoded = new String(Base64.getDecoder().decode(both), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            user = colon < 0 ? decoded : decoded.substring(0, colon);
            password = colon < 0 ? "" : decoded.substring(colon + 1);
        }
        return AuthConfig.newBuilder().setUsername(user).setPassword(password).build();
    }
}
