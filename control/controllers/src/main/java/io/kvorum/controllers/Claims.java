package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvorum.client.ApiResource;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Settles which objects belong to an owner: adopts matching ones without a controller, releases its own that no longer
 * match. One thread per owner.
 */
public final class Claims {
    private final ObjectApi api;

    public Claims(ObjectApi api) {
        this.api = api;
    }

    /** Those of the candidates that are the owner's in the end. */
    public <T extends HasMetadata> List<T> settle(HasMetadata owner, List<T> candidates, Predicate<T> matches) {
        List<T> mine = new ArrayList<>();
        Optional<Boolean> mayAdopt = Optional.empty();
        for (T candidate : candidates) {
            boolean fits = matches.test(candidate);
            Optional<OwnerReference> controller = Owners.controllerOf(candidate);
            if (controller.isPresent()) {
                if (controller.get().getUid().equals(owner.getMetadata().getUid())) {
                    if (fits) {
                        mine.add(candidate);
                    } else if (owner.getMetadata().getDeletionTimestamp() == null) {
                        release(owner, candidate);
                    }
                }
            } else if (fits && candidate.getMetadata().getDeletionTimestamp() == null) {
                if (mayAdopt.isEmpty()) {
                    mayAdopt = Optional.of(isStillWanted(owner));
                }
                if (mayAdopt.get() && adopt(owner, candidate)) {
                    mine.add(candidate);
                }
            }
        }
        return mine;
    }

    /** A late copy must not adopt for an owner that is gone or going. */
    private boolean isStillWanted(HasMetadata owner) {
        return api.find(owner.getClass(), ObjectKey.of(owner))
                .filter(live ->
                        live.getMetadata().getUid().equals(owner.getMetadata().getUid()))
                .filter(live -> live.getMetadata().getDeletionTimestamp() == null)
                .isPresent();
    }

    private boolean adopt(HasMetadata owner, HasMetadata orphan) {
        List<OwnerReference> owners = new ArrayList<>(orphan.getMetadata().getOwnerReferences());
        owners.removeIf(
                reference -> reference.getUid().equals(owner.getMetadata().getUid()));
        owners.add(Owners.controllerReference(owner));
        return patchOwners(orphan, owners);
    }

    private void release(HasMetadata owner, HasMetadata stranger) {
        List<OwnerReference> owners = new ArrayList<>(stranger.getMetadata().getOwnerReferences());
        owners.removeIf(
                reference -> reference.getUid().equals(owner.getMetadata().getUid()));
        patchOwners(stranger, owners);
    }

    private boolean patchOwners(HasMetadata object, List<OwnerReference> owners) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("uid", object.getMetadata().getUid());
        metadata.put("resourceVersion", object.getMetadata().getResourceVersion());
        metadata.put("ownerReferences", owners);
        String path = ApiResource.of(object.getClass()).path(ObjectKey.of(object));
        return api.mergePatchAt(path, Serialization.asJson(Map.of("metadata", metadata)));
    }
}
