package io.kvorum.kubelet.pod;

import io.kvorum.cri.CriClient;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.desired.ClusterObjects;
import io.kvorum.kubelet.image.ImagePulls;
import io.kvorum.kubelet.linux.Cgroups;
import io.kvorum.kubelet.volume.PodVolumes;
import java.time.InstantSource;

/** The parts that the lives of all pods on this node share. */
public record PodEnvironment(
        NodeAgentConfig config,
        CriClient cri,
        ClusterObjects objects,
        ImagePulls images,
        PodVolumes volumes,
        Cgroups cgroups,
        PodEvents events,
        Machine machine,
        InstantSource clock) {

    /** What of the machine a pod may ask for. */
    public record Machine(String hostName, long cpuMilli, long memoryBytes) {}

    NodePaths paths() {
        return config.paths();
    }
}
