package io.kvorum.cli;

import io.kvorum.node.Logging;
import io.kvorum.node.StartFailure;
import io.kvorum.node.secrets.SecretsAdmin;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code secrets-encrypt}: how Secrets stand in the store. */
@Command(
        name = "secrets-encrypt",
        mixinStandardHelpOptions = true,
        description = "Tell whether Secrets are encrypted in the store, and by which key.")
final class SecretsEncryptCommand implements Callable<Integer> {
    /** K3s's, which change keys. */
    private static final List<String> CHANGES =
            List.of("enable", "disable", "prepare", "rotate", "reencrypt", "rotate-keys");

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--data-dir", "-d"},
            defaultValue = "${env:K3S_DATA_DIR:-/var/lib/rancher/k3s}",
            description = "Folder that holds the server's state (default ${DEFAULT-VALUE})")
    private Path dataDir;

    @Option(
            names = {"--server", "-s"},
            defaultValue = "https://127.0.0.1:6443",
            description = "Server to ask (default ${DEFAULT-VALUE})")
    private URI server;

    @Parameters(paramLabel = "status", description = "status: what is encrypted by which key")
    private String act;

    @Override
    public Integer call() {
        if (CHANGES.contains(act)) {
            throw new StartFailure(("secrets-encrypt %s is not there in this version: Secrets are encrypted from the"
                            + " cluster's first start on (--secrets-encryption) by one key, or never")
                    .formatted(act));
        }
        if (!act.equals("status")) {
            throw new ParameterException(spec.commandLine(), "secrets-encrypt has no \"%s\"".formatted(act));
        }
        Logging.start(false);
        spec.commandLine().getOut().print(SecretsAdmin.status(dataDir.resolve("server"), server));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
