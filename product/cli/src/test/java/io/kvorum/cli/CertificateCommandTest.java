package io.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.pki.ServerCertificates;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateCommandTest {
    @TempDir
    private Path data;

    private ServerCertificates certificates;

    @BeforeEach
    void aServerHasRunHere() {
        InstantSource clock = InstantSource.system();
        certificates = ServerCertificates.open(data.resolve("server/tls"), clock);
        certificates.admin();
        certificates.etcdClient();
        certificates.kubelet("h1", data.resolve("agent"));
    }

    private record Said(int exitCode, String out, String err) {}

    private Said run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Said(exitCode, out.toString(), err.toString());
    }

    private Said certificate(String command, String... more) {
        List<String> arguments =
                new java.util.ArrayList<>(List.of("certificate", command, "--data-dir", data.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void theTableShowsEachLeafWithItsAuthority() {
        Said said = certificate("check", "--output", "table", "--service", "admin");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().strip().lines().toList())
                .hasSize(4)
                .satisfiesExactly(
                        header ->
                                assertThat(header).matches("FILENAME +SUBJECT +USAGES +EXPIRES +RESIDUAL TIME +STATUS"),
                        line -> assertThat(line).startsWith("--------"),
                        leaf -> assertThat(leaf)
                                .matches("client-admin.crt +system:admin +ClientAuth +.* UTC +1 year +OK"),
                        authority -> assertThat(authority)
                                .matches("client-admin.crt +k3s-client-ca@\\d+ +CertSign +.* UTC +10 years +OK"));
    }

    @Test
    void allFormatsTellTheSame() {
        assertThat(certificate("check", "-o", "json").out())
                .contains("\"subject\" : \"system:node:h1\"", "\"status\" : \"OK\"");
        assertThat(certificate("check", "-o", "yaml").out()).contains("subject: system:node:h1", "- ClientAuth");
        assertThat(certificate("check").out())
                .contains("client-kubelet.crt: certificate system:node:h1 (ClientAuth) is ok, expires at ");
    }

    @Test
    void whatHasEndedIsAFailure() throws Exception {
        Files.delete(data.resolve("server/tls/client-admin.crt"));
        InstantSource past = InstantSource.offset(InstantSource.system(), Duration.ofDays(-400));
        Path old = data.resolve("old");
        ServerCertificates.open(old, past).admin();
        Files.copy(old.resolve("client-admin.crt"), data.resolve("server/tls/client-admin.crt"));

        Said said = certificate("check", "-o", "table", "-s", "admin");

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.out()).contains("EXPIRED");
    }

    @Test
    void rotatingPutsLeavesAsideAndTheRunningServerMakesNewOnes() {
        var before = certificates.etcdClient().certificate();

        Said said = certificate("rotate", "--service", "etcd");

        assertThat(said.exitCode()).isZero();
        assertThat(data.resolve("server/tls/etcd/client.crt")).doesNotExist();
        assertThat(certificates.renewDue()).containsExactly(data.resolve("server/tls/etcd/client.crt"));
        assertThat(certificates.etcdClient().certificate()).isNotEqualTo(before);
        assertThat(data.resolve("server/tls/client-admin.crt")).exists();
    }

    @Test
    void aServiceThereIsNotIsNamed() {
        Said said = certificate("check", "--service", "etdc");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("there is no service \"etdc\"", "kubelet");
    }

    @Test
    void trustedAuthoritiesAreTheApisAndEtcds() throws Exception {
        Path anchors = Files.createDirectories(data.resolve("anchors"));

        Said said = certificate("trust", "--anchors", anchors.toString());

        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(anchors.resolve("kvorum-server-ca.crt"))
                .hasSameTextualContentAs(data.resolve("server/tls/server-ca.crt"));
        assertThat(anchors.resolve("kvorum-etcd-server-ca.crt"))
                .hasSameTextualContentAs(data.resolve("server/tls/etcd/server-ca.crt"));
    }

    @Test
    void trustIsTakenBackForOursAlone() throws Exception {
        Path anchors = Files.createDirectories(data.resolve("anchors"));
        Path foreign = Files.writeString(anchors.resolve("company.crt"), "theirs");
        certificate("trust", "--anchors", anchors.toString());

        assertThat(certificate("trust", "--remove", "--anchors", anchors.toString())
                        .exitCode())
                .isZero();
        assertThat(anchors).isDirectoryNotContaining(file -> !file.equals(foreign));
    }

    @Test
    void whereNothingHasRunThereIsNothingToTrust() {
        Said said = run(
                "certificate", "trust", "--data-dir", data.resolve("elsewhere").toString());

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.err()).contains("no server or agent has run here");
    }
}
