package io.kvorum.cli;

import io.kvorum.node.AuthorityAdmin;
import io.kvorum.node.Logging;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code certificate rotate-ca}: other authorities for the whole cluster. */
@Command(
        name = "rotate-ca",
        mixinStandardHelpOptions = true,
        description = {
            "Give the cluster other authorities: those in the folder PATH/tls, named as in a server's own",
            "(server-ca.crt, server-ca.key, client-ca.crt, ..., etcd/peer-ca.key), or new ones without --path.",
            "Then restart the servers one after the other, and agents last."
        })
final class CertificateRotateCaCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-d", "--data-dir"},
            defaultValue = "${env:K3S_DATA_DIR:-/var/lib/rancher/k3s}",
            description = "folder that holds the server's state (default: ${DEFAULT-VALUE})")
    private Path dataFolder;

    @Option(
            names = {"-s", "--server"},
            defaultValue = "https://127.0.0.1:6443",
            description = "server to tell (default: ${DEFAULT-VALUE})")
    private URI server;

    @Option(names = "--path", description = "folder that holds tls/ with the authorities (default: new ones are made)")
    private @Nullable Path path;

    @Option(
            names = "--force",
            description = "take them even if no present authority vouches for them; all nodes must then be restarted at"
                    + " the same time, and join again with a new token")
    private boolean isForced;

    @Override
    public Integer call() {
        Logging.start(false);
        var admin = new AuthorityAdmin(dataFolder.resolve("server"), server, InstantSource.system());
        Path given = path;
        if (given == null) {
            admin.rotate();
        } else {
            admin.rotate(given, isForced);
        }
        spec.commandLine()
                .getOut()
                .println("certificates saved to datastore; restart the servers one after the other, then the agents. "
                        + "The token in server/token is another afterwards: use that one from then on.");
        return 0;
    }
}
