package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.util.TreeMap;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The command {@code completion}: the script of a shell. The one for bash serves zsh too. */
@Command(
        name = "completion",
        customSynopsis = "SHELL",
        description = "Output shell completion code for bash, zsh or fish",
        footer = {
            "source <(crictl completion bash)",
            "source <(crictl completion zsh)",
            "crictl completion fish | source"
        })
final class CompletionCommand extends Act {
    CompletionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        CommandLine all = CommandTree.everything(session);
        String shell = arguments().isEmpty() ? "bash" : arguments().getFirst();
        session.out()
                .println(
                        switch (shell) {
                            case "bash", "zsh" -> AutoComplete.bash("crictl", all);
                            case "fish" -> fish(all);
                            default -> throw new Failure("only bash, zsh or fish are supported");
                        });
    }

    private static String fish(CommandLine all) {
        StringBuilder script = new StringBuilder("complete -c crictl -f\n");
        options(script, all.getCommandSpec(), "__fish_use_subcommand");
        new TreeMap<>(all.getSubcommands()).forEach((name, line) -> {
            script.append("complete -c crictl -n __fish_use_subcommand -a %s -d %s\n"
                    .formatted(name, quoted(HelpPage.description(line.getCommandSpec()))));
            options(script, line.getCommandSpec(), "'__fish_seen_subcommand_from %s'".formatted(name));
        });
        return script.toString().stripTrailing();
    }

    private static void options(StringBuilder script, CommandSpec spec, String condition) {
        for (OptionSpec option : spec.options()) {
            script.append("complete -c crictl -n ").append(condition);
            for (String name : option.names()) {
                script.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1));
            }
            script.append(option.arity().max() == 0 ? "" : " -r")
                    .append(" -d ")
                    .append(quoted(String.join(" ", option.description())))
                    .append('\n');
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
