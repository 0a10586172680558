package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives each pod a service account, that account's pull secrets, and a volume with its token; any thread. */
final class ServiceAccountPlugin implements Plugin {
    private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String VOLUME_PREFIX = "kube-api-access-";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    /** By this odd number the issuer knows a token that nobody asked for in particular. */
    private static final int TOKEN_SECONDS = 3607;

    private static final int READABLE = 0644;
    /** A new namespace's default account is made a moment after the namespace. */
    private static final int ATTEMPTS = 10;

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

    private final ClusterObjects objects;
    private final RandomGenerator chance;

    ServiceAccountPlugin(ClusterObjects objects, RandomGenerator chance) {
        this.objects = objects;
        this.chance = chance;
    }

    @Override
    public void change(AdmissionRequest request) {
        if (!Subject.isNew(request, KnownResources.PODS) || isMirror(Subject.object(request))) {
            return;
        }
        ObjectNode spec = Subject.object(request).withObjectProperty("spec");
        String name = spec.path("serviceAccountName")
                .asString(spec.path("serviceAccount").asString(""));
        if (name.isEmpty()) {
            name = "default";
        }
        spec.put("serviceAccountName", name).put("serviceAccount", name);
        ObjectNode account = account(request, name);
        if (isMounted(spec, account)) {
            mountToken(spec);
        }
        JsonNode pullSecrets = account.path("imagePullSecrets");
        if (spec.path("imagePullSecrets").isEmpty() && !pullSecrets.isEmpty()) {
            spec.set("imagePullSecrets", pullSecrets.deepCopy());
        }
    }

    private static boolean isMirror(ObjectNode pod) {
        return pod.path("metadata").path("annotations").has(MIRROR);
    }

    private ObjectNode account(AdmissionRequest request, String name) {
        int attempts = name.equals("default") ? ATTEMPTS : 1;
        for (int attempt = 1; attempt <= attempts; attempt++) {
            Optional<ObjectNode> account = objects.find(KnownResources.SERVICE_ACCOUNTS, request.namespace(), name);
            if (account.isPresent()) {
                return account.get();
            }
            if (attempt < attempts && !pause()) {
                break;
            }
        }
        throw Subject.forbidden(
                request,
                "error looking up service account %s/%s: serviceaccount \"%s\" not found"
                        .formatted(request.namespace(), name, name));
    }

    /** @return false when the request is being given up */
    private static boolean pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isMounted(ObjectNode spec, ObjectNode account) {
        String field = "automountServiceAccountToken";
        return spec.hasNonNull(field)
                ? spec.path(field).asBoolean(true)
                : account.path(field).asBoolean(true);
    }

    private void mountToken(ObjectNode spec) {
        String volume = VOLUME_PREFIX + suffix();
        boolean isUsed = mountIn(spec.path("initContainers"), volume);
        isUsed |= mountIn(spec.path("containers"), volume);
        if (isUsed) {
            putVolume(spec.withArrayProperty("volumes").addObject(), volume);
        }
    }

    /** @return whether any container needed it */
    private static boolean mountIn(JsonNode containers, String volume) {
        boolean isUsed = false;
        for (JsonNode container : containers) {
            boolean hasOwn = false;
            for (JsonNode mount : container.path("volumeMounts")) {
                hasOwn |= mount.path("mountPath").asString("").equals(MOUNT_PATH);
            }
            if (!hasOwn && container instanceof ObjectNode object) {
                object.withArrayProperty("volumeMounts")
                        .addObject()
                        .put("name", volume)
                        .put("readOnly", true)
                        .put("mountPath", MOUNT_PATH);
                isUsed = true;
            }
        }
        return isUsed;
    }

    private static void putVolume(ObjectNode volume, String name) {
        ObjectNode projected = volume.put("name", name).putObject("projected").put("defaultMode", READABLE);
        ArrayNode sources = projected.putArray("sources");
        sources.addObject()
                .putObject("serviceAccountToken")
                .put("expirationSeconds", TOKEN_SECONDS)
                .put("path", "token");
        ObjectNode authority = sources.addObject().putObject("configMap").put("name", "kube-root-ca.crt");
        authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        sources.addObject()
                .putObject("downwardAPI")
                .putArray("items")
                .addObject()
                .put("path", "namespace")
                .putObject("fieldRef")
                .put("apiVersion", "v1")
                .put("fieldPath", "metadata.namespace");
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            suffix.append(NAME_LETTERS.charAt(chance.nextInt(NAME_LETTERS.length())));
        }
        return suffix.toString();
    }
}
