package io.kvorum.crictl.command;

import com.google.protobuf.Message;
import io.kvorum.cri.runtime.ContainerConfig;
import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.crictl.print.ProtoTree;
import io.kvorum.crictl.session.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the descriptions of pods and containers that users write, in JSON or YAML. */
final class ConfigDocuments {
    private ConfigDocuments() {}

    static PodSandboxConfig pod(Path file) {
        PodSandboxConfig.Builder config = PodSandboxConfig.newBuilder();
        fill(config, file);
        Act.demand(
                !config.getMetadata().getName().isEmpty()
                        && !config.getMetadata().getNamespace().isEmpty(),
                "%s: metadata needs a name and a namespace".formatted(file));
        if (config.getMetadata().getUid().isEmpty()) {
            config.getMetadataBuilder().setUid(UUID.randomUUID().toString());
        }
        return config.build();
    }

    static ContainerConfig container(Path file) {
        ContainerConfig.Builder config = ContainerConfig.newBuilder();
        fill(config, file);
        Act.demand(!config.getMetadata().getName().isEmpty(), "%s: name is not in metadata".formatted(file));
        Act.demand(!config.getImage().getImage().isEmpty(), "%s: image field is not set in image".formatted(file));
        if (config.getImage().getUserSpecifiedImage().isEmpty()) {
            config.getImageBuilder().setUserSpecifiedImage(config.getImage().getImage());
        }
        return config.build();
    }

    private static void fill(Message.Builder config, Path file) {
        Act.demand(Files.exists(file), "config at %s not found".formatted(file));
        try {
            Object tree = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            if (!(tree instanceof Map<?, ?> fields)) {
                throw new Failure("%s must be a mapping".formatted(file));
            }
            ProtoTree.fill(config, fields, file.toString());
        } catch (IOException | YamlEngineException failure) {
            throw new Failure("%s cannot be read: %s".formatted(file, failure.getMessage()));
        }
    }
}
