package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What stands in the way of a start is said in one line, with a non-zero exit code, and nothing is left running. */
class StartFailureTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String KVORUM =
            Lab.repository().resolve("dist/target/kvorum/bin/kvorum").toString();

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.up("fail", "10.95.0", 1);
    }

    @AfterAll
    static void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void missingCniPluginsAreNamedWithTheirPackage() {
        String script =
                "mount -t tmpfs none /usr/lib/cni; %s server --data-dir /tmp/cni; code=$?; umount /usr/lib/cni; exit $code";

        assertThat(onlyLine(run(script))).contains("CNI plugins").contains("containernetworking-plugins");
    }

    @Test
    void aPortInUseIsNamed() {
        lab.spawn("h1", "taken", List.of("busybox", "nc", "-l", "-p", "7443"));
        String script =
                "until ss -ltn | grep -q :7443; do :; done; exec %s server --https-listen-port 7443 --data-dir /tmp/port";

        assertThat(onlyLine(run(script))).contains("7443").contains("in use");
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() {
        run("%s server --data-dir /tmp/mode --disable-agent --node-ip 192.0.2.1");
        String script =
                "chmod 644 /tmp/mode/server/tls/server-ca.key; exec %s server --data-dir /tmp/mode --disable-agent";

        assertThat(onlyLine(run(script))).contains("server-ca.key").contains("chmod 600");
    }

    @Test
    void aDamagedCertificateIsNamed() {
        run("%s server --data-dir /tmp/damaged --disable-agent --node-ip 192.0.2.1");
        String script = "echo nonsense >/tmp/damaged/server/tls/client-ca.crt; "
                + "exec %s server --data-dir /tmp/damaged --disable-agent";

        assertThat(onlyLine(run(script))).contains("client-ca.crt").contains("no certificate");
    }

    @Test
    void anAddressThatIsNotThisMachinesIsNamed() {
        assertThat(onlyLine(run("exec %s server --data-dir /tmp/address --disable-agent --node-ip 192.0.2.1")))
                .contains("192.0.2.1");
    }

    @Test
    void aConfigurationFileThatIsNoYamlIsNamedInOneLine() {
        String script = "echo 'a: [' >/tmp/broken.yaml; exec %s server --config /tmp/broken.yaml";

        Shell.Outcome outcome = run(script);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(onlyLine(outcome)).contains("/tmp/broken.yaml").contains("not valid YAML");
    }

    @Test
    void aCorruptKubeconfigIsNamedByKubectl() {
        String script = "mkdir -p /etc/rancher/k3s; echo '{[' >/etc/rancher/k3s/k3s.yaml; exec %s kubectl get nodes";

        assertThat(onlyLine(run(script))).contains("/etc/rancher/k3s/k3s.yaml");
    }

    @Test
    void anotherUserIsToldHowToReachTheKubeconfig() {
        String script = "mkdir -p /etc/rancher/k3s; rm -f /etc/rancher/k3s/k3s.yaml; "
                + "install -m 600 /dev/null /etc/rancher/k3s/k3s.yaml; "
                + "exec setpriv --reuid 65534 --clear-groups env HOME=/nonexistent %s kubectl get nodes";

        assertThat(onlyLine(run(script))).contains("--write-kubeconfig-mode 644");
    }

    private static Shell.Outcome run(String script) {
        return lab.exec(
                "h1",
                SOON,
                List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), "sh", "-c", script.formatted(KVORUM))
                        .toArray(String[]::new));
    }

    private static String onlyLine(Shell.Outcome outcome) {
        String err = outcome.expectFailure();
        List<String> lines = err.lines()
                .filter(line -> !line.matches("\\d{4}-\\d\\d-\\d\\dT.* (INFO|WARN) .*"))
                .toList();
        assertThat(lines).as(err).hasSize(1);
        return lines.getFirst();
    }
}
