package io.kvorum.kubelet.manifest;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.kubelet.pod.PodStatusSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods of the folder of manifests: run as long as their file is there, whatever the API says, and shown there by
 * mirrors. {@link #look} on one thread; as a sink of statuses, any thread.
 */
public final class StaticPods implements PodStatusSink {
    private static final Logger LOG = LoggerFactory.getLogger(StaticPods.class);

    /** What happens to pods that appear and vanish. */
    public record Runner(Consumer<Pod> desire, Consumer<Pod> vanish) {}

    private final Path folder;
    private final String nodeName;
    private final ObjectApi api;
    private final PodStatusSink sink;
    private final InstantSource clock;
    /** By uid; replaced as a whole value when its status changes. */
    private final Map<String, Pod> pods = new ConcurrentHashMap<>();

    private volatile Runner runner = new Runner(pod -> {}, pod -> {});
    private String complaint = "";

    /** {@code sink} takes the statuses of all other pods, and of the mirrors. */
    public StaticPods(Path folder, String nodeName, ObjectApi api, PodStatusSink sink, InstantSource clock) {
        this.folder = folder;
        this.nodeName = nodeName;
        this.api = api;
        this.sink = sink;
        this.clock = clock;
    }

    /** From now on pods are run by this one. */
    public void runBy(Runner newRunner) {
        runner = newRunner;
    }

    /** Whether a pod of the API only stands for one of a file. */
    public static boolean isMirror(Pod pod) {
        return StaticPod.isMirror(pod);
    }

    /** Runs what is new in the folder and ends what is gone from it. */
    public void look() {
        Map<String, Pod> wanted = read();
        wanted.forEach((uid, pod) -> {
            if (pods.putIfAbsent(uid, pod) == null) {
                runner.desire().accept(pod);
            }
        });
        pods.values().stream()
                .filter(pod -> !wanted.containsKey(pod.getMetadata().getUid()))
                .forEach(gone -> {
                    pods.remove(gone.getMetadata().getUid());
                    runner.vanish().accept(gone);
                });
    }

    private Map<String, Pod> read() {
        Map<String, Pod> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(StaticPods::isManifest).sorted().toList()) {
                read(file).ifPresent(pod -> found.put(pod.getMetadata().getUid(), pod));
            }
        } catch (IOException failure) {
            complain(folder, failure);
            pods.forEach(found::putIfAbsent); // what cannot be looked at is not gone
        }
        return found;
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".")
                && Stream.of(".yaml", ".yml", ".json").anyMatch(name::endsWith)
                && Files.isRegularFile(file);
    }

    private Optional<Pod> read(Path file) {
        try {
            String text = Files.readString(file);
            Pod written = api.client().getKubernetesSerialization().unmarshal(text, Pod.class);
            return Optional.of(StaticPod.of(written, file.getFileName().toString(), text, nodeName, clock.instant()));
        } catch (IOException | RuntimeException failure) {
            complain(file, failure);
            return Optional.empty();
        }
    }

    /** Once for each trouble, not with every look. */
    private void complain(Path file, Exception why) {
        String text = file + ": " + why.getMessage();
        if (!text.equals(complaint)) {
            complaint = text;
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("why", why.getMessage())
                    .log("static pod cannot be read");
        }
    }

    /** Brings the mirrors among the API's pods of this node to what is run. */
    public void mirror(List<Pod> known) {
        for (Pod pod : known) {
            if (StaticPod.isMirror(pod) && pods.values().stream().noneMatch(each -> StaticPod.isMirrorOf(pod, each))) {
                api.deleteNow(pod);
            }
        }
        for (Pod pod : pods.values()) {
            if (known.stream().noneMatch(each -> ObjectKey.of(each).equals(ObjectKey.of(pod)))) {
                makeMirror(pod);
            }
        }
    }

    private void makeMirror(Pod pod) {
        Optional<Node> node = api.find(Node.class, ObjectKey.ofCluster(nodeName));
        if (node.isPresent() && api.createIfAbsent(StaticPod.mirrorOf(pod, node.get())) && pod.getStatus() != null) {
            publish(pod, pod.getStatus());
        }
    }

    @Override
    public void publish(Pod pod, PodStatus status) {
        if (!StaticPod.is(pod)) {
            sink.publish(pod, status);
            return;
        }
        Pod current = new PodBuilder(pod).withStatus(status).build();
        Pod before = pods.replace(pod.getMetadata().getUid(), current);
        if (before != null && !status.equals(before.getStatus())) {
            runner.desire().accept(current);
        }
        api.find(Pod.class, ObjectKey.of(pod))
                .filter(mirror -> StaticPod.isMirrorOf(mirror, pod))
                .ifPresent(mirror -> sink.publish(mirror, status));
    }

    @Override
    public void delete(Pod pod) {
        if (!StaticPod.is(pod)) {
            sink.delete(pod);
        }
    }
}
