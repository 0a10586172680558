package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The few verbs our controllers write with, each against the exact object they looked at: updates carry its
 * resourceVersion, deletions its uid. Safe from any thread; a refusal is a {@link KubernetesClientException}.
 */
public final class ObjectApi {
    /** What becomes of the objects that name the deleted one as their owner. */
    public enum Dependents {
        BACKGROUND("Background"),
        FOREGROUND("Foreground"),
        ORPHAN("Orphan");

        private final String text;

        Dependents(String text) {
            this.text = text;
        }
    }

    private static final int CONFLICT_TRIES = 5;

    private final KubernetesClient client;

    public ObjectApi(KubernetesClient client) {
        this.client = client;
    }

    public KubernetesClient client() {
        return client;
    }

    /** Asks the server, not a cache. */
    public <T extends HasMetadata> Optional<T> find(Class<T> kind, ObjectKey key) {
        return Optional.ofNullable(at(kind, key).get());
    }

    public <T extends HasMetadata> T create(T object) {
        return client.resource(object).create();
    }

    /** Creates unless an object of that name exists; says whether it did. */
    public <T extends HasMetadata> boolean createIfAbsent(T object) {
        try {
            create(object);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) {
                return false;
            }
            throw e;
        }
    }

    public <T extends HasMetadata> T update(T object) {
        return client.resource(object).update();
    }

    public <T extends HasMetadata> T updateStatus(T object) {
        return client.resource(object).updateStatus();
    }

    /** Reads, changes and writes back until nobody else wrote in between; empty when the object is gone. */
    public <T extends HasMetadata> Optional<T> change(Class<T> kind, ObjectKey key, UnaryOperator<T> change) {
        return retrying(kind, key, change, this::update);
    }

    /** The same for the status alone. */
    public <T extends HasMetadata> Optional<T> changeStatus(Class<T> kind, ObjectKey key, UnaryOperator<T> change) {
        return retrying(kind, key, change, this::updateStatus);
    }

    private <T extends HasMetadata> Optional<T> retrying(
            Class<T> kind, ObjectKey key, UnaryOperator<T> change, UnaryOperator<T> write) {
        for (int attempt = 1; ; attempt++) {
            Optional<T> found = find(kind, key);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(write.apply(change.apply(found.get())));
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404) {
                    return Optional.empty();
                }
                if (e.getCode() != 409 || attempt == CONFLICT_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** A JSON merge patch; empty when the object is gone. */
    public <T extends HasMetadata> Optional<T> mergePatch(Class<T> kind, ObjectKey key, String json) {
        return patched(kind, ApiResource.of(kind).path(key), json);
    }

    /** A JSON merge patch of the status; empty when the object is gone. */
    public <T extends HasMetadata> Optional<T> mergePatchStatus(Class<T> kind, ObjectKey key, String json) {
        return patched(kind, ApiResource.of(kind).path(key) + "/status", json);
    }

    private <T extends HasMetadata> Optional<T> patched(Class<T> kind, String path, String json) {
        return RawPatch.merge(client, path, json)
                .map(text -> client.getKubernetesSerialization().unmarshal(text, kind));
    }

    /** Deletes exactly this object; false when it is gone or another one has its name. */
    public boolean delete(HasMetadata object, Dependents dependents) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("propagationPolicy", dependents.text);
        return delete(object, options);
    }

    /** Deletes exactly this object at once, without waiting for its node. */
    public boolean deleteNow(HasMetadata object) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("gracePeriodSeconds", 0);
        return delete(object, options);
    }

    private boolean delete(HasMetadata object, Map<String, Object> options) {
        options.put("kind", "DeleteOptions");
        options.put("apiVersion", "v1");
        options.put("preconditions", Map.of("uid", object.getMetadata().getUid()));
        return deleteAt(ApiResource.of(object.getClass()).path(ObjectKey.of(object)), options);
    }

    /** Deletes what stands at a path with the given DeleteOptions; false when it is gone or a precondition fails. */
    public boolean deleteAt(String path, Map<String, Object> options) {
        try {
            client.raw(path, "DELETE", options);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404 || e.getCode() == 409) {
                return false;
            }
            throw e;
        }
    }

    /** A JSON merge patch of what stands at a path; false when it is gone. */
    public boolean mergePatchAt(String path, String json) {
        return RawPatch.merge(client, path, json).isPresent();
    }

    private <T extends HasMetadata> Resource<T> at(Class<T> kind, ObjectKey key) {
        var kinds = client.resources(kind);
        return key.namespace().isEmpty()
                ? kinds.withName(key.name())
                : kinds.inNamespace(key.namespace()).withName(key.name());
    }
}
