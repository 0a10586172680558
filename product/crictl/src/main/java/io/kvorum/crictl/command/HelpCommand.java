package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code help}: lists the commands, or explains one. */
@Command(name = "help", customSynopsis = "[command]", description = "Shows a list of commands or help for one command")
final class HelpCommand extends Act {
    HelpCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        CommandLine all = CommandTree.everything(session);
        if (arguments().isEmpty()) {
            HelpPage.print(all, session.out());
            return;
        }
        CommandLine named = all.getSubcommands().get(arguments().getFirst());
        if (named == null) {
            throw noSuch("command", arguments().getFirst());
        }
        HelpPage.print(named, session.out());
    }
}
