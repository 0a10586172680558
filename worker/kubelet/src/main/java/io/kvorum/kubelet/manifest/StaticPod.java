package io.kvorum.kubelet.manifest;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;

/** A pod from a file of this node, named and marked as upstream does it. Pure. */
final class StaticPod {
    static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String HASH = "kubernetes.io/config.hash";
    private static final String SOURCE = "kubernetes.io/config.source";
    private static final String SEEN = "kubernetes.io/config.seen";

    private StaticPod() {}

    /** The pod of a manifest; its uid follows from file name, text and node, so that a restarted agent knows it again. */
    static Pod of(Pod written, String file, String text, String nodeName, Instant now) {
        if (written.getMetadata() == null
                || written.getMetadata().getName() == null
                || written.getSpec() == null
                || written.getSpec().getContainers().isEmpty()) {
            throw new IllegalArgumentException("a pod's manifest has metadata.name and spec.containers");
        }
        String uid = hash(nodeName + "\n" + file + "\n" + text);
        String namespace =
                Optional.ofNullable(written.getMetadata().getNamespace()).orElse("default");
        return new PodBuilder(written)
                .editMetadata()
                .withName(written.getMetadata().getName() + "-" + nodeName)
                .withNamespace(namespace)
                .withUid(uid)
                .withCreationTimestamp(now.truncatedTo(ChronoUnit.SECONDS).toString())
                .addToAnnotations(HASH, uid)
                .addToAnnotations(SEEN, now.toString())
                .addToAnnotations(SOURCE, "file")
                .endMetadata()
                .editSpec()
                .withNodeName(nodeName)
                .addNewToleration()
                .withEffect("NoExecute")
                .withOperator("Exists")
                .endToleration()
                .endSpec()
                .withStatus(null)
                .build();
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    static boolean is(Pod pod) {
        return annotation(pod, SOURCE).filter("file"::equals).isPresent()
                && annotation(pod, MIRROR).isEmpty();
    }

    static boolean isMirror(Pod pod) {
        return annotation(pod, MIRROR).isPresent();
    }

    static boolean isMirrorOf(Pod mirror, Pod pod) {
        return annotation(mirror, MIRROR).equals(annotation(pod, HASH))
                && mirror.getMetadata().getDeletionTimestamp() == null;
    }

    /** What stands for the pod in the API; it belongs to its node. */
    static Pod mirrorOf(Pod pod, Node node) {
        return new PodBuilder(pod)
                .editMetadata()
                .withUid(null)
                .withCreationTimestamp(null)
                .addToAnnotations(MIRROR, annotation(pod, HASH).orElseThrow())
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node.getMetadata().getName())
                .withUid(node.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withStatus(null)
                .build();
    }

    private static Optional<String> annotation(Pod pod, String name) {
        return Optional.ofNullable(pod.getMetadata().getAnnotations())
                .flatMap(all -> Optional.ofNullable(all.get(name)));
    }
}
