package io.kvorum.etcdctl.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.etcdctl.Etcdctl;
import io.kvorum.etcdctl.session.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);

    @Test
    void everyCommandsHelpNamesItsFlagsAndIsNoFailure() {
        Root root = new Root(Map.of());
        List<String> seen = new ArrayList<>();
        try (Session session =
                new Session(root, Map.of(), InputStream.nullInputStream(), NOWHERE, NOWHERE, List.of())) {
            look(CommandTree.everything(root, session), List.of(), seen);
        }
        assertThat(seen)
                .hasSizeGreaterThan(50)
                .contains("get", "endpoint", "endpoint hashkv", "member promote", "user grant-role", "check perf");
    }

    private static void look(CommandLine line, List<String> path, List<String> seen) {
        if (!path.isEmpty()) {
            String name = String.join(" ", path);
            String help = help(path);
            assertThat(help).as(name).contains("NAME:\n\t" + name + " - ", "USAGE:", "GLOBAL OPTIONS:", "--endpoints");
            for (OptionSpec option : line.getCommandSpec().options()) {
                if (!option.hidden()) {
                    assertThat(help).as(name).contains(option.longestName());
                }
            }
            seen.add(name);
        }
        line.getSubcommands().forEach((name, under) -> {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            look(under, longer, seen);
        });
    }

    private static String help(List<String> path) {
        List<String> arguments = new ArrayList<>(path);
        arguments.add("--help");
        var said = new ByteArrayOutputStream();
        var out = new PrintStream(said, true, UTF_8);
        int exitCode = Etcdctl.run(
                arguments.toArray(String[]::new), Map.of(), new ByteArrayInputStream(new byte[0]), out, out);
        assertThat(exitCode).as("%s: %s", path, said).isZero();
        return said.toString(UTF_8);
    }
}
