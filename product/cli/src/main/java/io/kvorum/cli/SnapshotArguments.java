package io.kvorum.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * K3s takes {@code etcd-snapshot}'s flags also before the command below it, as in {@code etcd-snapshot --s3 save}, and without
 * one they mean {@code save}; here they stand behind it. Stateless.
 */
final class SnapshotArguments {
    private static final String COMMAND = "etcd-snapshot";

    private SnapshotArguments() {}

    static String[] inOrder(CommandLine root, String[] arguments) {
        if (arguments.length < 2 || !arguments[0].equals(COMMAND)) {
            return arguments;
        }
        CommandLine snapshots = below(root, COMMAND);
        Map<String, OptionSpec> flags =
                below(snapshots, "save").getCommandSpec().optionsMap();
        List<String> before = new ArrayList<>();
        int next = 1;
        while (next < arguments.length && arguments[next].startsWith("-")) {
            String flag = arguments[next++];
            before.add(flag);
            OptionSpec option = flags.get(flag);
            if (option != null && option.arity().min() > 0 && next < arguments.length) {
                before.add(arguments[next++]);
            }
        }
        if (before.isEmpty() || before.stream().anyMatch(each -> isAbout(snapshots, each))) {
            return arguments;
        }
        List<String> ordered = new ArrayList<>(List.of(COMMAND));
        ordered.add(next < arguments.length ? arguments[next++] : "save");
        ordered.addAll(before);
        ordered.addAll(Arrays.asList(arguments).subList(Math.min(next, arguments.length), arguments.length));
        return ordered.toArray(String[]::new);
    }

    private static CommandLine below(CommandLine command, String name) {
        return Objects.requireNonNull(command.getSubcommands().get(name));
    }

    /** A flag of the command itself: help and version. */
    private static boolean isAbout(CommandLine command, String flag) {
        return command.getCommandSpec().optionsMap().containsKey(flag);
    }
}
