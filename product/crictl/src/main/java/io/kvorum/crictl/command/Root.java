package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line's root: the flags that stand in front of a command. */
@Command(name = "crictl", description = "client for CRI")
final class Root {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "value",
            description = "Location of the client config file. Without it, the node's own below"
                    + " /var/lib/rancher/k3s/agent/etc is used if there is one, then /etc/crictl.yaml"
                    + " [$CRI_CONFIG_FILE]")
    private String config = "";

    @Option(
            names = {"-r", "--runtime-endpoint"},
            paramLabel = "value",
            description = "Endpoint of CRI container runtime service (default:"
                    + " unix:///run/k3s/containerd/containerd.sock) [$CONTAINER_RUNTIME_ENDPOINT]")
    private String runtimeEndpoint = "";

    @Option(
            names = {"-i", "--image-endpoint"},
            paramLabel = "value",
            description =
                    "Endpoint of CRI image manager service (default: uses 'runtime-endpoint') [$IMAGE_SERVICE_ENDPOINT]")
    private String imageEndpoint = "";

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "value",
            description = "Taken for compatibility: every call has a time limit of its own")
    void ignoreTimeout(String given) {
        // taken for compatibility
    }

    @Option(
            names = {"-D", "--debug"},
            description = "Enable debug mode")
    private boolean debug;

    @Option(
            names = "--max-retries",
            paramLabel = "value",
            description = "Taken for compatibility: a socket either answers or not")
    void ignoreMaxRetries(int given) {
        // taken for compatibility
    }

    @Option(
            names = {"-v", "--version"},
            description = "print the version")
    private boolean version;

    Settings.Flags flags() {
        return new Settings.Flags(config, runtimeEndpoint, imageEndpoint, debug);
    }

    boolean isVersionWanted() {
        return version;
    }
}
