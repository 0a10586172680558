package io.kvorum.node;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.kvorum.client.EventRecorder;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.manifests.ManifestCluster;
import io.kvorum.node.manifests.Manifests;
import io.kvorum.supervisor.ClusterApi;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Puts together what applies {@code server/manifests}. */
final class ManifestStart {
    /** The same on all servers, so that one of them can take back what another has said. */
    private static final String MANAGER = "k3s-manifests";

    private ManifestStart() {}

    static Manifests of(ServerConfig config, ClusterApi api, EventRecorder events) {
        return new Manifests(
                config.serverFolder().resolve("manifests"),
                Set.copyOf(config.leftOut()),
                new Cluster(api),
                new Teller(events));
    }

    private record Cluster(ClusterApi api) implements ManifestCluster {
        @Override
        public Optional<ObjectNode> find(String path) throws IOException {
            return api.find(path);
        }

        @Override
        public void apply(String path, ObjectNode object) throws IOException {
            api.apply(path, object, MANAGER);
        }
    }

    /** Events about K3s's Addon objects, which are in kube-system. */
    private record Teller(EventRecorder events) implements Manifests.Teller {
        @Override
        public void applied(String addon, String message) {
            events.record(reference(addon), EventRecorder.NORMAL, "AppliedManifest", message);
        }

        @Override
        public void failed(String addon, String message) {
            events.record(reference(addon), EventRecorder.WARNING, "ApplyManifestFailed", message);
        }

        private static ObjectReference reference(String addon) {
            return new ObjectReferenceBuilder()
                    .withApiVersion("k3s.cattle.io/v1")
                    .withKind("Addon")
                    .withNamespace("kube-system")
                    .withName(addon)
                    .build();
        }
    }
}
