package io.kvorum.kubelet.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StaticPodTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Pod WRITTEN = new PodBuilder()
            .withNewMetadata()
            .withName("web")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("main")
            .withImage("nginx")
            .endContainer()
            .endSpec()
            .build();

    @Test
    void aManifestIsKnownAgainUntilItsTextChanges() {
        Pod first = StaticPod.of(WRITTEN, "web.yaml", "v1", "n1", NOW);
        Pod later = StaticPod.of(WRITTEN, "web.yaml", "v1", "n1", NOW.plusSeconds(60));
        Pod changed = StaticPod.of(WRITTEN, "web.yaml", "v2", "n1", NOW);

        assertThat(first.getMetadata().getName()).isEqualTo("web-n1");
        assertThat(later.getMetadata().getUid()).isEqualTo(first.getMetadata().getUid());
        assertThat(changed.getMetadata().getUid())
                .isNotEqualTo(first.getMetadata().getUid());
    }

    @Test
    void aMirrorBelongsToItsNodeAndIsToldFromItsPod() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("n1")
                .withUid("u")
                .endMetadata()
                .build();
        Pod pod = StaticPod.of(WRITTEN, "web.yaml", "v1", "n1", NOW);
        Pod mirror = StaticPod.mirrorOf(pod, node);

        assertThat(StaticPod.is(pod)).isTrue();
        assertThat(StaticPod.is(mirror)).isFalse();
        assertThat(StaticPod.isMirrorOf(mirror, pod)).isTrue();
        assertThat(StaticPod.isMirrorOf(mirror, StaticPod.of(WRITTEN, "web.yaml", "v2", "n1", NOW)))
                .isFalse();
        assertThat(mirror.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("u"));
    }

    @Test
    void aFileThatIsNoPodIsRefused() {
        assertThatThrownBy(() -> StaticPod.of(new Pod(), "web.yaml", "v1", "n1", NOW))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
