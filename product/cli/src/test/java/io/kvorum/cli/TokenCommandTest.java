package io.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.node.token.BootstrapToken;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenCommandTest {
    private static String said(String... words) {
        var out = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).execute(words);
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    @Test
    void whatIsGeneratedIsWhatCreateTakes() {
        String token = said("token", "generate");

        assertThat(token.strip()).matches("[a-z0-9]{6}\\.[a-z0-9]{16}");
        assertThat(said("token", "generate", "--kubeconfig", "/elsewhere", "--data-dir", "/data"))
                .isNotEqualTo(token);
    }

    @Test
    void aListForProgramsHoldsNoSecrets() {
        var token = new BootstrapToken(
                "abcdef",
                "0123456789abcdef",
                "for the shop",
                List.of("authentication"),
                List.of("system:bootstrappers:k3s:default-node-token"),
                Instant.parse("2026-11-23T12:00:00Z"));

        assertThat(TokenCommand.Listing.document(List.of(token)))
                .hasToString(
                        "[{\"token\":\"abcdef\",\"description\":\"for the shop\",\"expires\":\"2026-11-23T12:00:00Z\","
                                + "\"usages\":[\"authentication\"],\"groups\":[\"system:bootstrappers:k3s:default-node-token\"]}]");
    }

    @Test
    void helpAndVersionAreFoundWhereK3sHasThem() {
        assertThat(said("help", "etcd-snapshot")).contains("prune");
        assertThat(said("-v")).isEqualTo(said("--version")).contains(" version v");
        assertThat(VersionLine.firstLine("k3s", "v1.36.0+kvorum")).isEqualTo("k3s version v1.36.0+kvorum (kvorum)");
    }
}
