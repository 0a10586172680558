package io.kvorum.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The program's entry: finds the command and runs it. Exit codes: 0 done, 1 failed, 2 used wrongly. */
@Command(
        name = "kvorum",
        versionProvider = VersionLine.class,
        description = "A highly available Kubernetes for the edge.",
        footer = {
            "",
            "Called by the names k3s, kubectl, crictl, ctr or etcdctl, it acts as that tool;",
            "`kvorum kubectl ...`, `kvorum crictl ...` and so on do the same."
        },
        subcommands = {
            ServerCommand.class,
            AgentCommand.class,
            TokenCommand.class,
            CertificateCommand.class,
            SecretsEncryptCommand.class,
            SnapshotCommand.class,
            CheckConfigCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        })
public final class Main implements Runnable {
    /** The launcher hands arguments on here, since a process's own arguments are readable by everybody. */
    private static final String ARGUMENTS = "KVORUM_ARGUMENTS";

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and end.")
    private boolean isHelp;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-v", "-V", "--version"},
            versionHelp = true,
            description = "Show the version and end.")
    private boolean isVersion;

    public static void main(String[] args) {
        String handedOn = System.getenv(ARGUMENTS);
        String[] arguments = handedOn == null ? args : split(handedOn);
        CommandLine root = commandLine();
        System.exit(root.execute(SnapshotArguments.inOrder(root, arguments)));
    }

    static CommandLine commandLine() {
        String name = System.getenv().getOrDefault("KVORUM_NAME", "kvorum");
        return new CommandLine(new Main())
                .setCommandName(name)
                .setExecutionExceptionHandler(new FailureReport())
                .setDefaultValueProvider(ConfiguredDefaults.of(System.getenv()))
                .setUnmatchedOptionsAllowedAsOptionParameters(true);
    }

    private static String[] split(String handedOn) {
        List<String> arguments = new ArrayList<>();
        int start = 0;
        for (int end = handedOn.indexOf('\u001f'); end >= 0; end = handedOn.indexOf('\u001f', start)) {
            arguments.add(handedOn.substring(start, end));
            start = end + 1;
        }
        return arguments.toArray(String[]::new);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
