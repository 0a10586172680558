package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code help}: the page of a command, or of all. */
@Command(name = "help", customSynopsis = "help [command]", description = "Help about any command")
final class HelpCommand extends Act {
    HelpCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        CommandLine line = CommandTree.everything(new Root(session.environment()), session);
        for (String word : arguments()) {
            CommandLine next = line.getSubcommands().get(word);
            if (next == null) {
                session.out().println("Unknown help topic [`" + String.join(" ", arguments()) + "`]");
                break;
            }
            line = next;
        }
        HelpPage.print(line, session.out());
    }
}
