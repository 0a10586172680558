package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Works out a container's environment; what is missing in the API is a {@link SetupFailed}. Stateless; may block. */
public final class ContainerEnvironment {
    private static final String REASON = "CreateContainerConfigError";

    private final ClusterObjects objects;

    public ContainerEnvironment(ClusterObjects objects) {
        this.objects = objects;
    }

    /** Name -> value in the order they are set: from whole objects, then one by one, then the Services not overridden. */
    public Map<String, String> of(Container container, PodFields fields) {
        String namespace = fields.pod().getMetadata().getNamespace();
        boolean links = !Boolean.FALSE.equals(fields.pod().getSpec().getEnableServiceLinks());
        SortedMap<String, String> services = ServiceVariables.of(objects.services(namespace), namespace, links);
        Map<String, String> environment = new LinkedHashMap<>();
        if (container.getEnvFrom() != null) {
            container.getEnvFrom().forEach(source -> environment.putAll(whole(source, namespace)));
        }
        Map<String, String> known = new LinkedHashMap<>(services);
        known.putAll(environment);
        for (EnvVar variable : Optional.ofNullable(container.getEnv()).orElse(java.util.List.of())) {
            Optional<String> value = variable.getValueFrom() == null
                    ? Optional.of(VariableExpansion.expand(
                            Optional.ofNullable(variable.getValue()).orElse(""), known))
                    : single(variable.getValueFrom(), container, fields);
            value.ifPresent(text -> {
                environment.put(variable.getName(), text);
                known.put(variable.getName(), text);
            });
        }
        services.forEach(environment::putIfAbsent);
        return environment;
    }

    private SortedMap<String, String> whole(EnvFromSource source, String namespace) {
        SortedMap<String, String> values = new TreeMap<>();
        String prefix = Optional.ofNullable(source.getPrefix()).orElse("");
        if (source.getConfigMapRef() != null) {
            String name = source.getConfigMapRef().getName();
            objects.configMap(namespace, name)
                    .or(() -> missing(source.getConfigMapRef().getOptional(), "configmap \"" + name + "\" not found"))
                    .map(ConfigMap::getData)
                    .ifPresent(data -> data.forEach((key, value) -> values.put(prefix + key, value)));
        }
        if (source.getSecretRef() != null) {
            String name = source.getSecretRef().getName();
            objects.secret(namespace, name)
                    .or(() -> missing(source.getSecretRef().getOptional(), "secret \"" + name + "\" not found"))
                    .map(Secret::getData)
                    .ifPresent(data -> data.forEach((key, value) -> values.put(prefix + key, decoded(value))));
        }
        return values;
    }

    private Optional<String> single(EnvVarSource source, Container container, PodFields fields) {
        String namespace = fields.pod().getMetadata().getNamespace();
        if (source.getFieldRef() != null) {
            String path = source.getFieldRef().getFieldPath();
            return Optional.of(
                    fields.field(path).orElseThrow(() -> new SetupFailed(REASON, "unsupported fieldPath: " + path)));
        }
        if (source.getResourceFieldRef() != null) {
            return Optional.of(fields.resource(source.getResourceFieldRef(), container));
        }
        if (source.getConfigMapKeyRef() != null) {
            return fromConfigMap(source.getConfigMapKeyRef(), namespace);
        }
        if (source.getSecretKeyRef() != null) {
            return fromSecret(source.getSecretKeyRef(), namespace);
        }
        return Optional.empty();
    }

    private Optional<String> fromConfigMap(ConfigMapKeySelector selector, String namespace) {
        Optional<ConfigMap> found = objects.configMap(namespace, selector.getName())
                .or(() -> missing(selector.getOptional(), "configmap \"" + selector.getName() + "\" not found"));
        return found.flatMap(map -> Optional.ofNullable(map.getData())
                .map(data -> data.get(selector.getKey()))
                .or(() -> missing(
                        selector.getOptional(),
                        "couldn't find key %s in ConfigMap %s/%s"
                                .formatted(selector.getKey(), namespace, selector.getName()))));
    }

    private Optional<String> fromSecret(SecretKeySelector selector, String namespace) {
        Optional<Secret> found = objects.secret(namespace, selector.getName())
                .or(() -> missing(selector.getOptional(), "secret \"" + selector.getName() + "\" not found"));
        return found.flatMap(secret -> Optional.ofNullable(secret.getData())
                .map(data -> data.get(selector.getKey()))
                .map(ContainerEnvironment::decoded)
                .or(() -> missing(
                        selector.getOptional(),
                        "couldn't find key %s in Secret %s/%s"
                                .formatted(selector.getKey(), namespace, selector.getName()))));
    }

    private static <T> Optional<T> missing(@Nullable Boolean optional, String message) {
        if (Boolean.TRUE.equals(optional)) {
            return Optional.empty();
        }
        throw new SetupFailed(REASON, message);
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
