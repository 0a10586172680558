package io.kvorum.kubelet;

import io.kvorum.cri.CriClient;
import io.kvorum.kubelet.containerd.Containerd;
import io.kvorum.kubelet.containerd.ContainerdSettings;
import io.kvorum.kubelet.containerd.ContainerdUnavailable;
import io.kvorum.kubelet.containerd.ImageArchives;
import io.kvorum.kubelet.registry.RegistryHosts;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * What this machine runs containers with: containerd, the way to it, and images that came as archives. It needs no
 * cluster, so it starts first and comes up while a node joins. One owner starts and closes it; waiting is for any thread.
 */
public final class NodeRuntime implements AutoCloseable {
    private static final int STREAM_PORT = 10010;

    private final Containerd containerd;
    private final CriClient cri;
    private final ImageArchives archives;
    private final Runnable bringArchives;
    private final CountDownLatch up = new CountDownLatch(1);
    private final CountDownLatch imported = new CountDownLatch(1);
    private volatile Optional<ContainerdUnavailable> failure = Optional.empty();

    private NodeRuntime(NodePaths paths, String pauseImage, RegistryHosts registries, Runnable bringArchives) {
        ContainerdSettings settings = Containerd.settingsFor(paths, pauseImage, STREAM_PORT, registries);
        this.containerd = new Containerd(settings);
        this.cri = new CriClient(paths.containerdSocket());
        this.archives = new ImageArchives(settings);
        this.bringArchives = bringArchives;
    }

    /**
     * Begins to start it and returns at once.
     *
     * @param registries where images come from other than their names say
     * @param bringArchives puts further archives where they are imported from, before the first import
     * @throws ContainerdUnavailable when this machine has no containerd
     */
    public static NodeRuntime start(
            NodePaths paths, String pauseImage, RegistryHosts registries, Runnable bringArchives) {
        var runtime = new NodeRuntime(paths, pauseImage, registries, bringArchives);
        Thread.ofVirtual().name("node-runtime").start(runtime::run);
        return runtime;
    }

    private void run() {
        try {
            containerd.start();
        } catch (ContainerdUnavailable e) {
            failure = Optional.of(e);
        } finally {
            up.countDown();
        }
        try {
            if (failure.isEmpty()) {
                bringArchives.run();
                archives.importNew();
            }
        } finally {
            imported.countDown();
        }
    }

    /**
     * Returns when containerd answers.
     *
     * @throws ContainerdUnavailable when it does not
     */
    void awaitUp() throws InterruptedException {
        up.await();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** Returns when the archives that were there at the start are imported, so that pods find their images. */
    void awaitImages() throws InterruptedException {
        imported.await();
    }

    boolean isUp() {
        return containerd.isUp();
    }

    CriClient cri() {
        return cri;
    }

    ImageArchives archives() {
        return archives;
    }

    /** Stops containerd; containers live on. */
    @Override
    public void close() {
        try {
            up.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cri.close();
        containerd.close();
    }
}
