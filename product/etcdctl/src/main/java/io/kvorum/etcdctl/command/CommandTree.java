package io.kvorum.etcdctl.command;

import io.grpc.StatusException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.GoNumbers;
import io.kvorum.etcdctl.session.Session;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
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
    private static final List<String> WITH_ALL = List.of("help", "completion", "--help", "-h");

    private CommandTree() {}

    /** Parses the arguments and runs the command they name. */
    public static int run(
            List<String> arguments, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err)
            throws StatusException, InterruptedException {
        Root root = new Root(environment);
        try (Session session = new Session(root, environment, in, out, err, arguments)) {
            boolean all = arguments.stream().anyMatch(WITH_ALL::contains);
            CommandLine line = build(root, session, name -> all || arguments.contains(name));
            CommandLine leaf = parse(line, arguments, err);
            if (leaf.isUsageHelpRequested() || !(leaf.getCommand() instanceof Act act)) {
                HelpPage.print(leaf.getParent() == null ? everything(root, session) : leaf, out);
                return 0;
            }
            act.act();
            return 0;
        }
    }

    /** The tree with every command, for help and completion. */
    static CommandLine everything(Root root, Session session) {
        return build(root, session, name -> true);
    }

    private static CommandLine parse(CommandLine line, List<String> arguments, PrintStream err) {
        try {
            ParseResult result = line.parseArgs(arguments.toArray(String[]::new));
            while (result.hasSubcommand()) {
                result = result.subcommand();
            }
            return result.commandSpec().commandLine();
        } catch (ParameterException e) {
            String text = FlagErrors.text(e);
            if (text.startsWith("unknown command")) {
                err.println("Error: " + text);
                err.println("Run 'etcdctl --help' for usage.");
            } else {
                err.println("Error: " + text);
                HelpPage.print(e.getCommandLine(), err);
            }
            throw Failure.error(text);
        }
    }

    private static CommandLine build(Root root, Session session, Predicate<String> wanted) {
        CommandLine line = new CommandLine(root);
        single().forEach((name, maker) -> {
            if (wanted.test(name)) {
                line.addSubcommand(name, maker.apply(session));
            }
        });
        for (Group group : Group.values()) {
            if (wanted.test(group.label())) {
                CommandLine under = new CommandLine(group.command());
                members(group).forEach((name, maker) -> {
                    CommandLine act = new CommandLine(maker.apply(session));
                    // a refusal comes first, whatever the real command's flags ask for
                    boolean refuses = group == Group.SNAPSHOT && name.equals("restore");
                    under.addSubcommand(name, act.setUnmatchedArgumentsAllowed(refuses));
                });
                line.addSubcommand(group.label(), under);
            }
        }
        return asGoWould(line);
    }

    /** The parsing rules of etcd's command line where they differ from the library's. */
    static CommandLine asGoWould(CommandLine line) {
        return line.setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true)
                .setUnmatchedOptionsAllowedAsOptionParameters(true)
                .setTrimQuotes(false)
                .registerConverter(Duration.class, GoNumbers::parseDuration)
                .registerConverter(Boolean.class, GoNumbers::parseBool)
                .registerConverter(boolean.class, GoNumbers::parseBool)
                .registerConverter(Long.class, text -> GoNumbers.parseInt(text, 10))
                .registerConverter(long.class, text -> GoNumbers.parseInt(text, 10));
    }

    private static Map<String, Function<Session, Act>> single() {
        Map<String, Function<Session, Act>> acts = new LinkedHashMap<>();
        acts.put("get", GetCommand::new);
        acts.put("put", PutCommand::new);
        acts.put("del", DelCommand::new);
        acts.put("txn", TxnCommand::new);
        acts.put("compaction", CompactionCommand::new);
        acts.put("watch", WatchCommand::new);
        acts.put("defrag", DefragCommand::new);
        acts.put("move-leader", MoveLeaderCommand::new);
        acts.put("lock", LockCommand::new);
        acts.put("elect", ElectCommand::new);
        acts.put("version", VersionCommand::new);
        acts.put("help", HelpCommand::new);
        acts.put("completion", CompletionCommand::new);
        return acts;
    }

    private static Map<String, Function<Session, Act>> members(Group group) {
        Map<String, Function<Session, Act>> acts = new LinkedHashMap<>();
        switch (group) {
            case ALARM -> {
                acts.put("disarm", AlarmDisarmCommand::new);
                acts.put("list", AlarmListCommand::new);
            }
            case AUTH -> {
                acts.put("disable", AuthDisableCommand::new);
                acts.put("enable", AuthEnableCommand::new);
                acts.put("status", AuthStatusCommand::new);
            }
            case CHECK -> acts.put("perf", CheckPerfCommand::new);
            case ENDPOINT -> {
                acts.put("hashkv", EndpointHashkvCommand::new);
                acts.put("health", EndpointHealthCommand::new);
                acts.put("status", EndpointStatusCommand::new);
            }
            case LEASE -> {
                acts.put("grant", LeaseGrantCommand::new);
                acts.put("keep-alive", LeaseKeepAliveCommand::new);
                acts.put("list", LeaseListCommand::new);
                acts.put("revoke", LeaseRevokeCommand::new);
                acts.put("timetolive", LeaseTimetoliveCommand::new);
            }
            case MEMBER -> {
                acts.put("add", MemberAddCommand::new);
                acts.put("list", MemberListCommand::new);
                acts.put("promote", MemberPromoteCommand::new);
                acts.put("remove", MemberRemoveCommand::new);
                acts.put("update", MemberUpdateCommand::new);
            }
            case ROLE -> {
                acts.put("add", RoleAddCommand::new);
                acts.put("delete", RoleDeleteCommand::new);
                acts.put("get", RoleGetCommand::new);
                acts.put("grant-permission", RoleGrantPermissionCommand::new);
                acts.put("list", RoleListCommand::new);
                acts.put("revoke-permission", RoleRevokePermissionCommand::new);
            }
            case SNAPSHOT -> {
                acts.put("restore", SnapshotRestoreCommand::new);
                acts.put("save", SnapshotSaveCommand::new);
                acts.put("status", SnapshotStatusCommand::new);
            }
            case USER -> {
                acts.put("add", UserAddCommand::new);
                acts.put("delete", UserDeleteCommand::new);
                acts.put("get", UserGetCommand::new);
                acts.put("grant-role", UserGrantRoleCommand::new);
                acts.put("list", UserListCommand::new);
                acts.put("passwd", UserPasswdCommand::new);
                acts.put("revoke-role", UserRevokeRoleCommand::new);
            }
        }
        return acts;
    }
}
