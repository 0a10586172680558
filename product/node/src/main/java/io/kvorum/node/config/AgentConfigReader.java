package io.kvorum.node.config;

import io.kvorum.node.config.AgentConfig.JoinSecret;
import io.kvorum.node.config.ServerConfig.NodeSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns settings into an {@link AgentConfig}; what a server's node is told as well is read in the same way. */
public final class AgentConfigReader {
    private static final int BALANCER_PORT = 6444;

    private AgentConfigReader() {}

    /** @throws ConfigurationProblems everything that is wrong, at once */
    public static AgentConfig read(Settings settings, Machine machine) {
        var shared = new ServerConfigReader(settings, machine);
        @Nullable URI server = shared.server();
        if (server == null) {
            settings.problem("--server is required: one of the cluster's servers, such as https://10.0.0.1:6443"
                    + " (or set K3S_URL)");
        }
        @Nullable String token = shared.secret("token");
        if (token == null) {
            settings.problem("--token is required: what stands in server/token of a server"
                    + " (or set K3S_TOKEN, or --token-file)");
        }
        NodeSettings node = shared.node();
        int port = settings.port("lb-server-port", BALANCER_PORT);
        boolean isVerbose = settings.isOn("debug");
        settings.refuseIfProblematic();
        return new AgentConfig(
                Path.of(settings.text("data-dir", "/var/lib/rancher/k3s")).toAbsolutePath(),
                Objects.requireNonNull(server),
                new JoinSecret(Objects.requireNonNull(token)),
                !settings.isOn("disable-apiserver-lb"),
                port,
                node,
                isVerbose);
    }
}
