package io.kvorum.cli;

import io.kvorum.node.Agent;
import io.kvorum.node.LocalMachine;
import io.kvorum.node.Logging;
import io.kvorum.node.ServiceManager;
import io.kvorum.node.config.AgentConfig;
import io.kvorum.node.config.AgentConfigReader;
import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code agent}: a node without a control plane, until SIGTERM. */
@Command(name = "agent", description = "Run this machine as a node of a cluster, without a control plane.")
final class AgentCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** The configuration layer reads the flags itself, so that it can report all problems at once. */
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            SettingsHelp.print(
                    OptionTable.agent(),
                    "usage: kvorum agent --server https://HOST:6443 --token TOKEN [flags]",
                    spec.commandLine().getOut());
            return 0;
        }
        Settings settings = Settings.merge(
                OptionTable.agent(),
                arguments,
                System.getenv(),
                new ConfigurationFiles(Path.of("/etc/rancher/k3s/config.yaml")));
        AgentConfig config = AgentConfigReader.read(settings, LocalMachine.read());
        Logging.start(config.isVerbose(), settings.text("log").map(Path::of), settings.isOn("alsologtostderr"));
        var log = LoggerFactory.getLogger(AgentCommand.class);
        settings.warnings().forEach(warning -> log.atWarn().log(warning));
        return run(config);
    }

    private static int run(AgentConfig config) throws InterruptedException {
        var manager = ServiceManager.ofEnvironment();
        try (var signal = new StopSignal();
                Agent agent = Agent.start(config, signal.asked())) {
            manager.ready();
            agent.awaitStop();
            manager.stopping();
            return 0;
        }
    }
}
