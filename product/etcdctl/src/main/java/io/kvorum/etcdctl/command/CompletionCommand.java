package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** The command {@code completion}: the script of a shell. The one for bash serves zsh too. */
@Command(
        name = "completion",
        customSynopsis = "completion [bash|zsh]",
        description = "Generate the autocompletion script for the specified shell")
final class CompletionCommand extends Act {
    CompletionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        String shell = arguments().isEmpty() ? "" : argument(0);
        switch (shell) {
            case "bash", "zsh" ->
                session.out()
                        .println(AutoComplete.bash(
                                "etcdctl", CommandTree.everything(new Root(session.environment()), session)));
            case "" -> HelpPage.print(CommandTree.everything(new Root(session.environment()), session), session.out());
            default ->
                throw new Failure(
                        Failure.Code.BAD_FEATURE, "no completion for the shell \"" + shell + "\": bash or zsh");
        }
    }
}
