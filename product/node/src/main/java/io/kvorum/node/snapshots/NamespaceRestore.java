package io.kvorum.node.snapshots;

import io.kvorum.apimachinery.protobuf.MalformedProtobuf;
import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.model.Bytes;
import io.kvorum.node.secrets.SnapshotSecrets;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.catalogue.PlainSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings the objects of one namespace from a snapshot into the running cluster. What is there stays as it is; what
 * controllers make of other objects is left to them. Used by one thread; blocks.
 */
final class NamespaceRestore {
    private static final long MOST_BYTES = 256L << 20;
    private static final String BOOTSTRAP = "/bootstrap/";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** Others depend on these. */
    private static final List<String> FIRST = List.of(
            "serviceaccounts",
            "secrets",
            "configmaps",
            "persistentvolumeclaims",
            "roles",
            "rolebindings",
            "limitranges",
            "resourcequotas",
            "services");

    /** What the cluster makes by itself, for every namespace or out of other objects. */
    private static final Set<String> MADE =
            Set.of("events", "endpoints", "endpointslices", "leases", "controllerrevisions", "bindings", "podmetrics");

    private final SnapshotCluster cluster;
    private final Supplier<String> password;
    private final Map<String, ResourceType> types = new TreeMap<>();

    /** @param password of the server token, which opens the keys of Secrets in a snapshot */
    NamespaceRestore(SnapshotCluster cluster, Supplier<String> password, Catalogue catalogue) {
        this.cluster = cluster;
        this.password = password;
        catalogue.resources().stream()
                .filter(type -> !type.storagePrefix().isEmpty())
                .forEach(type -> types.putIfAbsent(type.storagePrefix(), type));
    }

    /**
     * What came of it; objects as {@code <plural>/<name>}.
     *
     * @param present were there already, and stay as they are
     * @param failed with the reason
     */
    record Outcome(List<String> created, List<String> present, List<String> failed) {
        Outcome {
            created = List.copyOf(created);
            present = List.copyOf(present);
            failed = List.copyOf(failed);
        }
    }

    /** An object and where it is made. */
    private record Wanted(String collection, String plural, ObjectNode object) {
        String name() {
            return plural + "/" + object.path("metadata").path("name").asString("");
        }

        int order() {
            int index = FIRST.indexOf(plural);
            return index < 0 ? FIRST.size() : index;
        }
    }

    /**
     * Restores it.
     *
     * @param isDryRun only looks what would be created
     * @throws SnapshotRefused when the snapshot has no such namespace
     */
    Outcome run(Path snapshot, String namespace, boolean isDryRun) {
        if (!NAME.matcher(namespace).matches()) {
            throw new SnapshotRefused("\"%s\" is no name of a namespace".formatted(namespace));
        }
        List<String> failed = new ArrayList<>();
        List<Wanted> all = wanted(opened(stored(snapshot, namespace), failed), namespace);
        if (all.isEmpty() && failed.isEmpty()) {
            throw new SnapshotRefused(
                    "the snapshot %s holds nothing of a namespace \"%s\"".formatted(snapshot.getFileName(), namespace));
        }
        List<String> created = new ArrayList<>();
        List<String> present = new ArrayList<>();
        for (Wanted each : all) {
            try {
                boolean isNew = isDryRun
                        ? cluster.find(each.collection() + "/"
                                        + each.object()
                                                .path("metadata")
                                                .path("name")
                                                .asString(""))
                                .isEmpty()
                        : cluster.create(each.collection(), each.object());
                (isNew ? created : present).add(each.name());
            } catch (IOException e) {
                failed.add(each.name() + ": " + e.getMessage());
            }
        }
        return new Outcome(created, present, failed);
    }

    /** Without the bootstrap data, and with Secrets that can be read. */
    private SortedMap<String, Bytes> opened(SortedMap<String, Bytes> stored, List<String> failed) {
        SortedMap<String, Bytes> bootstrap = stored.subMap(BOOTSTRAP, BOOTSTRAP + Character.MAX_VALUE);
        SnapshotSecrets secrets = SnapshotSecrets.of(bootstrap.values(), password.get());
        SortedMap<String, Bytes> opened = new TreeMap<>();
        stored.tailMap("/registry/").forEach((key, value) -> {
            Optional<Bytes> plain = secrets.open(value);
            if (plain.isPresent()) {
                opened.put(key, plain.get());
            } else {
                failed.add("secrets/%s: is encrypted by a key that the server's present token does not open"
                        .formatted(key.substring(key.lastIndexOf('/') + 1)));
            }
        });
        return opened;
    }

    /** By their keys, as they were last; the cluster's bootstrap data as well. */
    private static SortedMap<String, Bytes> stored(Path snapshot, String namespace) {
        SortedMap<String, Bytes> alive = new TreeMap<>();
        long[] bytes = {0};
        Pattern keys =
                Pattern.compile("/registry/(namespaces/%1$s|.+/%1$s/[^/]+)|%2$s[^/]+".formatted(namespace, BOOTSTRAP));
        try (PlainSnapshot plain = PlainSnapshot.of(snapshot);
                SnapshotFile file = SnapshotFile.open(plain.file())) {
            file.history((at, isDeletion, record) -> {
                String key = record.key().bytes().utf8();
                if (!keys.matcher(key).matches()) {
                    return;
                }
                Bytes before = isDeletion ? alive.remove(key) : alive.put(key, record.value());
                bytes[0] += (isDeletion ? 0 : record.value().length()) - (before == null ? 0 : before.length());
                if (bytes[0] > MOST_BYTES) {
                    throw new SnapshotRefused("the namespace %s is larger than the %d MiB that can be restored at once"
                            .formatted(namespace, MOST_BYTES >> 20));
                }
            });
        }
        return alive;
    }

    private List<Wanted> wanted(SortedMap<String, Bytes> stored, String namespace) {
        List<Wanted> all = new ArrayList<>();
        stored.forEach((key, value) -> {
            ObjectNode object = object(value);
            if (key.equals("/registry/namespaces/" + namespace)) {
                all.add(new Wanted("/api/v1/namespaces", "namespaces", anew(object)));
            } else if (isOf(object, namespace) && isWanted(object)) {
                String plural = plural(key, namespace);
                if (!MADE.contains(plural)) {
                    all.add(new Wanted(collection(object, plural, namespace), plural, anew(object)));
                }
            }
        });
        all.sort(Comparator.comparingInt((Wanted each) -> each.plural().equals("namespaces") ? -1 : each.order())
                .thenComparing(Wanted::name));
        return all;
    }

    private static ObjectNode object(Bytes value) {
        byte[] bytes = value.toByteArray();
        try {
            return ProtobufCodec.isProtobuf(bytes)
                    ? ProtobufCodec.builtIn().decode(bytes)
                    : (ObjectNode) JsonMapper.shared().readTree(bytes);
        } catch (MalformedProtobuf | JacksonException | ClassCastException e) {
            return JsonMapper.shared().createObjectNode();
        }
    }

    private static boolean isOf(ObjectNode object, String namespace) {
        return object.path("metadata").path("namespace").asString("").equals(namespace);
    }

    /** A controller makes its own again, and every namespace gets these by itself. */
    private static boolean isWanted(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        for (JsonNode owner : metadata.path("ownerReferences")) {
            if (owner.path("controller").asBoolean(false)) {
                return false;
            }
        }
        String name = metadata.path("name").asString("");
        return switch (object.path("kind").asString("")) {
            case "ConfigMap" -> !name.equals("kube-root-ca.crt");
            case "ServiceAccount" -> !name.equals("default");
            case "Secret" -> !object.path("type").asString("").equals("kubernetes.io/service-account-token");
            default -> true;
        };
    }

    /** Where it stands tells; a resource of others stands as {@code /registry/<group>/<plural>/}. */
    private String plural(String key, String namespace) {
        String prefix = key.substring(0, key.lastIndexOf("/" + namespace + "/") + 1);
        ResourceType type = types.get(prefix);
        Matcher custom = Pattern.compile("/registry/[^/]+/([^/]+)/").matcher(prefix);
        return type != null ? type.id().resource() : custom.matches() ? custom.group(1) : "unknown";
    }

    private static String collection(ObjectNode object, String plural, String namespace) {
        String version = object.path("apiVersion").asString("");
        return "%s/%s/namespaces/%s/%s".formatted(version.contains("/") ? "/apis" : "/api", version, namespace, plural);
    }

    /** As somebody would write it who makes it for the first time. */
    private static ObjectNode anew(ObjectNode object) {
        object.remove("status");
        if (object.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(List.of(
                    "uid",
                    "resourceVersion",
                    "generation",
                    "creationTimestamp",
                    "deletionTimestamp",
                    "deletionGracePeriodSeconds",
                    "managedFields",
                    "ownerReferences",
                    "selfLink",
                    "finalizers"));
            if (metadata.get("annotations") instanceof ObjectNode annotations) {
                annotations.remove(List.of(
                        "pv.kubernetes.io/bind-completed",
                        "pv.kubernetes.io/bound-by-controller",
                        "deployment.kubernetes.io/revision"));
            }
        }
        if (object.get("spec") instanceof ObjectNode spec) {
            switch (object.path("kind").asString("")) {
                case "Namespace" -> spec.remove("finalizers");
                case "PersistentVolumeClaim" -> spec.remove("volumeName");
                case "Pod" -> spec.remove("nodeName");
                case "Job" -> job(object, spec);
                default -> {}
            }
        }
        return object;
    }

    /** Its selector is made of the uid that it had. */
    private static void job(ObjectNode job, ObjectNode spec) {
        if (!spec.path("manualSelector").asBoolean(false)) {
            spec.remove("selector");
            for (JsonNode metadata :
                    List.of(job.path("metadata"), spec.path("template").path("metadata"))) {
                if (metadata.get("labels") instanceof ObjectNode labels) {
                    labels.remove(List.of(
                            "controller-uid",
                            "batch.kubernetes.io/controller-uid",
                            "job-name",
                            "batch.kubernetes.io/job-name"));
                }
            }
        }
    }
}
