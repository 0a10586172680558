package io.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompletionCommandTest {
    @TempDir
    private Path folder;

    private static String script(String shell) {
        var out = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("completion", shell))
                .isZero();
        return out.toString();
    }

    /** bash itself is asked what it would offer. */
    private List<String> offered(String... typed) throws Exception {
        Path script = Files.writeString(folder.resolve("completion"), script("bash"));
        String words = String.join(" ", typed);
        String ask = """
                source %s
                COMP_WORDS=(%s) COMP_CWORD=%d COMP_LINE="%s" COMP_POINT=%d
                _complete_kvorum
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(script, words, typed.length - 1, words, words.length());
        Process bash =
                new ProcessBuilder("bash", "-c", ask).redirectErrorStream(true).start();
        String said = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.lines().map(String::strip).toList();
    }

    @Test
    void bashCompletesCommands() throws Exception {
        assertThat(offered("kvorum", "etcd")).contains("etcd-snapshot");
    }

    @Test
    void bashCompletesFlagsOfACommandBelowACommand() throws Exception {
        assertThat(offered("kvorum", "certificate", "check", "--ser")).contains("--service");
    }

    @Test
    void zshIsToldToReadBashsKind() {
        assertThat(script("zsh")).startsWith("autoload").contains("bashcompinit");
    }
}
