package io.kvorum.node.manifests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Applies the files of a server's folder of manifests: all at its start, later what changes. What fails is tried again at
 * every look. Objects stay when their file goes. A thread of its own does the work.
 */
public final class Manifests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Manifests.class);
    private static final Duration LOOK = Duration.ofSeconds(15);

    /** Hears what became of a file; called from the own thread. */
    public interface Teller {
        void applied(String addon, String message);

        void failed(String addon, String message);
    }

    private final ManifestFolder folder;
    private final ManifestCluster cluster;
    private final Teller teller;
    private final Duration look;
    private final CountDownLatch closing = new CountDownLatch(1);
    /** By file: the checksum that was applied. */
    private final Map<Path, String> applied = new HashMap<>();
    /** By file: what was said of its failure, which is not said again each time. */
    private final Map<Path, String> failures = new HashMap<>();

    private @Nullable String folderFailure;
    private @Nullable Thread thread;

    /** @param leftOut names of files without their endings, and of folders, that are not applied */
    public Manifests(Path folder, Set<String> leftOut, ManifestCluster cluster, Teller teller) {
        this(new ManifestFolder(folder, leftOut), cluster, teller, LOOK);
    }

    Manifests(ManifestFolder folder, ManifestCluster cluster, Teller teller, Duration look) {
        this.folder = folder;
        this.cluster = cluster;
        this.teller = teller;
        this.look = look;
    }

    public void start() {
        thread = Thread.ofVirtual().name("manifests").start(this::run);
    }

    private void run() {
        try {
            do {
                lookAtAll();
            } while (!closing.await(look.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAtAll() {
        try {
            folder.make();
            for (Path file : folder.files()) {
                lookAt(file);
            }
            folderFailure = null;
        } catch (IOException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(folderFailure)) {
                LOG.atWarn().addKeyValue("reason", reason).log("the folder of manifests cannot be read");
            }
            folderFailure = reason;
        }
    }

    private void lookAt(Path path) {
        if (closing.getCount() == 0) {
            return;
        }
        try {
            ManifestFile file = folder.read(path);
            if (!file.checksum().equals(applied.get(path))) {
                apply(file);
            }
        } catch (IOException | RuntimeException e) {
            tellFailure(path, String.valueOf(e.getMessage()));
        }
    }

    private void apply(ManifestFile file) {
        List<ObjectNode> objects = ManifestObjects.of(file.text());
        List<String> problems = new ArrayList<>();
        for (ObjectNode object : objects) {
            try {
                cluster.apply(path(object), object);
            } catch (IOException e) {
                problems.add("%s %s: %s".formatted(kind(object), name(object), e.getMessage()));
            }
        }
        if (problems.isEmpty()) {
            applied.put(file.path(), file.checksum());
            failures.remove(file.path());
            LOG.atInfo()
                    .addKeyValue("file", file.path())
                    .addKeyValue("objects", objects.size())
                    .log("manifest applied");
            teller.applied(file.name(), "Applied manifest at \"%s\"".formatted(file.path()));
        } else {
            tellFailure(file.path(), String.join("; ", problems));
        }
    }

    private void tellFailure(Path path, String reason) {
        if (!reason.equals(failures.put(path, reason))) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("reason", reason)
                    .log("manifest was not applied as a whole, trying again");
            teller.failed(
                    ManifestFolder.baseName(path), "Applying manifest at \"%s\" failed: %s".formatted(path, reason));
        }
    }

    /** Where the object is in the API; the cluster itself says what kinds it has. */
    private String path(ObjectNode object) throws IOException {
        String version = object.path("apiVersion").asString("");
        String base = version.contains("/") ? "/apis/" + version : "/api/" + version;
        JsonNode resource = cluster.find(base)
                .flatMap(list -> list.path("resources")
                        .valueStream()
                        .filter(each -> each.path("kind").asString("").equals(kind(object)))
                        .filter(each -> !each.path("name").asString("").contains("/"))
                        .findFirst())
                .orElseThrow(() -> new IOException(
                        "this cluster has no kind \"%s\" in version \"%s\"".formatted(kind(object), version)));
        String space = object.path("metadata").path("namespace").asString("default");
        return base
                + (resource.path("namespaced").asBoolean(false) ? "/namespaces/" + space : "")
                + "/" + resource.path("name").asString("") + "/" + name(object);
    }

    private static String kind(ObjectNode object) {
        return object.path("kind").asString("");
    }

    private static String name(ObjectNode object) {
        return object.path("metadata").path("name").asString("");
    }

    @Override
    public void close() {
        closing.countDown();
        Thread running = thread;
        if (running != null) {
            try {
                running.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
