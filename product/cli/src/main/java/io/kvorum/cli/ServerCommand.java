package io.kvorum.cli;

import io.kvorum.node.ClusterReset;
import io.kvorum.node.LocalMachine;
import io.kvorum.node.Logging;
import io.kvorum.node.Server;
import io.kvorum.node.ServiceManager;
import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfigReader;
import io.kvorum.node.config.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code server}: the control plane and the node agent, until SIGTERM. */
@Command(name = "server", description = "Run the control plane and this machine's node agent.")
final class ServerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** The configuration layer reads the flags itself, so that it can report all problems at once. */
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            SettingsHelp.print(
                    OptionTable.server(),
                    "usage: kvorum server [flags]",
                    spec.commandLine().getOut());
            return 0;
        }
        Settings settings = Settings.merge(
                OptionTable.server(),
                arguments,
                System.getenv(),
                new ConfigurationFiles(Path.of("/etc/rancher/k3s/config.yaml")));
        ServerConfig config = ServerConfigReader.read(settings, LocalMachine.read());
        Logging.start(config.isVerbose(), settings.text("log").map(Path::of), settings.isOn("alsologtostderr"));
        var log = LoggerFactory.getLogger(ServerCommand.class);
        settings.warnings().forEach(warning -> log.atWarn().log(warning));
        if (config.recovery().isReset()) {
            PrintWriter out = spec.commandLine().getOut();
            String told = ClusterReset.run(config, InstantSource.system(), note -> {
                out.println(note);
                out.flush();
            });
            out.println(told);
            out.flush();
            return 0;
        }
        return run(config);
    }

    private static int run(ServerConfig config) throws InterruptedException {
        var manager = ServiceManager.ofEnvironment();
        try (var signal = new StopSignal();
                Server server = Server.start(config)) {
            manager.ready();
            server.awaitStop(signal.asked());
            manager.stopping();
            return 0;
        }
    }
}
