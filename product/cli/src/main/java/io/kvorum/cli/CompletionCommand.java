package io.kvorum.cli;

import io.kvorum.node.StartFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: prints what makes a shell complete this command's words, or has the shell read it at its start. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Print a completion script for a shell. To have it now: `source <(k3s completion bash)`;",
            "with -i for every new shell."
        })
final class CompletionCommand implements Callable<Integer> {
    enum ShellName {
        bash,
        zsh
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh")
    private ShellName shell = ShellName.bash;

    @Option(names = "-i", description = "add it to the shell's start file, ~/.bashrc or ~/.zshrc")
    private boolean isForGood;

    @Override
    public Integer call() {
        CommandLine root = spec.commandLine();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        String name = root.getCommandName();
        if (isForGood) {
            install(name);
            return 0;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (shell == ShellName.zsh) {
            out.println("autoload -U +X compinit && compinit");
            out.println("autoload -U +X bashcompinit && bashcompinit");
        }
        out.print(AutoComplete.bash(name, root));
        out.flush();
        return 0;
    }

    private void install(String name) {
        Path file = Path.of(System.getProperty("user.home"), "." + shell.name().toLowerCase(Locale.ROOT) + "rc");
        String line = "source <(%s completion %s)".formatted(name, shell);
        try {
            if (Files.exists(file) && Files.readString(file).lines().anyMatch(line::equals)) {
                return;
            }
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StartFailure("cannot add \"%s\" to %s".formatted(line, file), e);
        }
        spec.commandLine().getOut().println("added to " + file + "; new shells complete " + name);
    }
}
