package io.kvorum.cli;

import io.kvorum.pki.ServerToken;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code token}: what nodes show to join. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Make join tokens.",
        subcommands = TokenCommand.Generate.class)
final class TokenCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** {@code token generate}: a random password for {@code --token}. */
    @Command(name = "generate", mixinStandardHelpOptions = true, description = "Print a random token for --token.")
    static final class Generate implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(ServerToken.newPassword());
            return 0;
        }
    }
}
