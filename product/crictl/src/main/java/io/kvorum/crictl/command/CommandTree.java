package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** All commands by name. A run builds only those whose names occur among its arguments: start-up time. */
public final class CommandTree {
    static final String VERSION = "v1.36.0+kvorum1";

    private static final List<String> WITH_ALL = List.of("help", "h", "completion", "--help", "-h");

    private CommandTree() {}

    /** Parses the arguments and runs the command they name. */
    public static void run(
            List<String> arguments, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err)
            throws InterruptedException {
        Root root = new Root();
        try (Session session = new Session(root::flags, environment, in, out, err)) {
            boolean all = arguments.isEmpty() || WITH_ALL.contains(arguments.getFirst());
            CommandLine line = build(root, session, name -> all || arguments.contains(name));
            CommandLine leaf = parse(line, arguments, err);
            if (root.isVersionWanted()) {
                out.println("crictl version " + VERSION);
            } else if (leaf.isUsageHelpRequested() || !(leaf.getCommand() instanceof Act act)) {
                HelpPage.print(leaf.getParent() == null ? everything(session) : leaf, out);
            } else {
                act.act();
            }
        }
    }

    /** The tree with every command, for help and completion. */
    static CommandLine everything(Session session) {
        return build(new Root(), session, name -> true);
    }

    private static CommandLine parse(CommandLine line, List<String> arguments, PrintStream err) {
        try {
            ParseResult result = line.parseArgs(arguments.toArray(String[]::new));
            while (result.hasSubcommand()) {
                result = result.subcommand();
            }
            return result.commandSpec().commandLine();
        } catch (ParameterException e) {
            String name = e.getCommandLine().getCommandSpec().qualifiedName();
            err.println("Run '%s --help' for usage.".formatted(name));
            throw new Failure(FlagErrors.text(e));
        }
    }

    private static CommandLine build(Root root, Session session, Predicate<String> wanted) {
        CommandLine line = new CommandLine(root);
        line.addMixin("help", new HelpFlag());
        acts().forEach((name, maker) -> {
            List<String> aliases = aliases(name);
            if (wanted.test(name) || aliases.stream().anyMatch(wanted)) {
                line.addSubcommand(name, maker.apply(session), aliases.toArray(String[]::new));
            }
        });
        line.setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true)
                .setTrimQuotes(false)
                .setUnmatchedOptionsAllowedAsOptionParameters(true)
                .registerConverter(java.time.Duration.class, Durations::parse);
        CommandLine exec = line.getSubcommands().get("exec");
        if (exec != null) {
            exec.setStopAtPositional(true); // what follows the container belongs to the command run in it
        }
        return line;
    }

    private static List<String> aliases(String name) {
        return switch (name) {
            case "images" -> List.of("image", "img");
            case "help" -> List.of("h");
            default -> List.of();
        };
    }

    private static Map<String, Function<Session, Act>> acts() {
        Map<String, Function<Session, Act>> acts = new LinkedHashMap<>();
        acts.put("attach", AttachCommand::new);
        acts.put("completion", CompletionCommand::new);
        acts.put("config", ConfigCommand::new);
        acts.put("create", CreateCommand::new);
        acts.put("exec", ExecCommand::new);
        acts.put("help", HelpCommand::new);
        acts.put("imagefsinfo", ImageFsInfoCommand::new);
        acts.put("images", ImagesCommand::new);
        acts.put("info", InfoCommand::new);
        acts.put("inspect", InspectCommand::new);
        acts.put("inspecti", InspectImageCommand::new);
        acts.put("inspectp", InspectPodCommand::new);
        acts.put("logs", LogsCommand::new);
        acts.put("pods", PodsCommand::new);
        acts.put("port-forward", PortForwardCommand::new);
        acts.put("ps", PsCommand::new);
        acts.put("pull", PullCommand::new);
        acts.put("rm", RemoveCommand::new);
        acts.put("rmi", RemoveImageCommand::new);
        acts.put("rmp", RemovePodCommand::new);
        acts.put("run", RunCommand::new);
        acts.put("runp", RunPodCommand::new);
        acts.put("start", StartCommand::new);
        acts.put("stats", StatsCommand::new);
        acts.put("statsp", PodStatsCommand::new);
        acts.put("stop", StopCommand::new);
        acts.put("stopp", StopPodCommand::new);
        acts.put("update", UpdateCommand::new);
        acts.put("version", VersionCommand::new);
        return acts;
    }
}
