package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a node does with pods of every kind, seen with kubectl; all pods are made at once and live beside each other. */
class PodBehaviourTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Lab lab;
    private static OneServer server;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.up("qa2", "10.92.0", 1);
        server = OneServer.start(lab);
        server.apply(resource("pods.yaml"));
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void volumesAndVariablesAreAsWanted() {
        ready("everything");
        assertThat(server.kubectl("logs", "everything").strip())
                .isEqualTo("hello-world one 250 64 everything $(LATER)");
        assertThat(sh("everything", "cat /cm/a /sub/x.conf /sec/pw /proj/deep/a /down/label"))
                .isEqualTo("one" + "conf\n" + "hunter2" + "one" + "everything");
        assertThat(sh("everything", "id -u; id -g; id -G")).isEqualTo("1000\n3000\n3000 2000 4000\n");
        assertThat(sh("everything", "touch /disk/mine; stat -c %g /disk/mine; df -m /mem | tail -1 | awk '{print $2}'"))
                .isEqualTo("2000\n8\n");
        assertThat(sh("everything", "grep foo.example /etc/hosts; hostname"))
                .contains("1.2.3.4")
                .endsWith("myhost\n");
        server.kubectl("patch", "configmap", "settings", "-p", "{\"data\":{\"a\":\"two\"}}");
        Await.until("the new value", SOON, () -> sh("everything", "cat /cm/a").equals("two"));
    }

    @Test
    void aContainerHasTheRightsItIsGivenAndNoMore() {
        ready("guarded");
        assertThat(sh("guarded", "touch /x 2>&1; grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/1/status"))
                .contains("Read-only file system")
                .contains("CapEff:\t0000000000000400")
                .contains("NoNewPrivs:\t1")
                .contains("Seccomp:\t2");
    }

    @Test
    void initContainersAndSidecarsRunInOrder() {
        ready("ordered");
        assertThat(server.kubectl("get", "pod", "ordered")).containsPattern("ordered\\s+2/2\\s+Running");
        assertThat(server.kubectl("logs", "ordered", "-c", "first")).isEqualTo("first\n");
        becomes("badinit", "Init:Error|Init:CrashLoopBackOff");
    }

    @Test
    void aPostStartHookHoldsBackTheNextContainer() {
        ready("hooked");
        String[] starts = server.kubectl(
                        "get", "pod", "hooked", "-o", "jsonpath={.status.containerStatuses[*].state.running.startedAt}")
                .split(" ");
        assertThat(starts[0]).isLessThan(starts[1]);
        server.kubectl("delete", "pod", "hooked");
        assertThat(lab.exec("h1", Duration.ofSeconds(5), "cat", "/var/lib/hooked/log")
                        .out())
                .isEqualTo("post\npre\nterm\n");
    }

    @Test
    void endsAreToldWithTheirReasons() {
        becomes("crash", "CrashLoopBackOff");
        assertThat(status("crash", "{.lastState.terminated.exitCode} {.lastState.terminated.message}"))
                .isEqualTo("4 last words\n");
        becomes("hungry", "OOMKilled");
        assertThat(status("hungry", "{.state.terminated.exitCode}")).isEqualTo("137");
        for (String pod : new String[] {"late", "nevermade"}) {
            Await.until(
                    "the deadline of " + pod,
                    SOON,
                    () -> server.kubectl("get", "pod", pod, "-o", "jsonpath={.status.phase} {.status.reason}")
                            .equals("Failed DeadlineExceeded"));
        }
    }

    @Test
    void whatCannotStartSaysWhy() {
        becomes("noimage", "ErrImageNeverPull");
        becomes("badimage", "InvalidImageName");
        becomes("nosetting", "CreateContainerConfigError");
        assertThat(server.tryKubectl("logs", "badimage").expectFailure()).contains("invalid image name");
    }

    @Test
    void probesRestartAndGate() {
        Await.until(
                "a restart by the liveness probe",
                SOON,
                () -> !status("fading", "{.restartCount}").equals("0"));
        assertThat(server.kubectl("get", "pod", "gated")).containsPattern("gated\\s+0/1\\s+Running");
        sh("gated", "touch /ready");
        server.kubectl("wait", "--for=condition=Ready", "pod/gated", "--timeout=20s");
    }

    @Test
    void repeatedEventsAreCounted() {
        Await.until(
                "a counted event",
                SOON,
                () -> server.kubectl(
                                "get",
                                "events",
                                "--field-selector=involvedObject.name=crash,reason=BackOff",
                                "-o",
                                "jsonpath={.items[*].count}")
                        .matches("[2-9]"));
    }

    @Test
    void aPodMayUseTheHostsNetworkAndProcesses() {
        ready("onhost");
        assertThat(server.kubectl("get", "pod", "onhost", "-o", "jsonpath={.status.podIP}"))
                .isEqualTo(lab.address("h1"));
        assertThat(sh("onhost", "hostname; ps")).startsWith("h1\n").contains("containerd");
    }

    @Test
    void aDebuggerSeesTheProcessesOfItsTarget() {
        ready("guarded");
        server.kubectl(
                "debug",
                "guarded",
                "--image=busybox:1",
                "--target=main",
                "-c",
                "look",
                "--",
                "sh",
                "-c",
                "ps; echo done");
        Await.until(
                "the debugger's words",
                SOON,
                () -> server.tryKubectl("logs", "guarded", "-c", "look").out().contains("done"));
        assertThat(server.kubectl("logs", "guarded", "-c", "look")).contains("sleep 3600");
    }

    @Test
    void aShorterGraceOvertakesALongerOne() {
        ready("stubborn");
        server.kubectl("delete", "pod", "stubborn", "--wait=false");
        long start = System.nanoTime();
        server.kubectl("delete", "pod", "stubborn", "--grace-period=1");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aStaticPodRunsAsLongAsItsFileIsThere() throws IOException {
        Path file = lab.path("h1", "/var/lib/rancher/k3s/agent/pod-manifests/fixed.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                apiVersion: v1
                kind: Pod
                metadata: {name: fixed}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: main, image: "busybox:1", command: [sh, -c, "echo fixed; sleep 3600"]}]
                """);
        Await.until(
                "the mirror",
                SOON,
                () -> server.tryKubectl("get", "pod", "fixed-h1").exitCode() == 0);
        ready("fixed-h1");
        assertThat(server.kubectl("logs", "fixed-h1")).isEqualTo("fixed\n");
        String id = status("fixed-h1", "{.containerID}");

        server.kubectl("delete", "pod", "fixed-h1", "--wait=false");
        Await.until(
                "the mirror again",
                SOON,
                () -> server.tryKubectl("get", "pod", "fixed-h1").out().contains("Running"));
        assertThat(status("fixed-h1", "{.containerID}")).isEqualTo(id);

        Files.delete(file);
        Await.until(
                "the end",
                SOON,
                () -> server.tryKubectl("get", "pod", "fixed-h1").exitCode() != 0);
    }

    private static void ready(String pod) {
        server.kubectl("wait", "--for=condition=Ready", "pod/" + pod, "--timeout=60s");
    }

    private static String sh(String pod, String script) {
        return server.kubectl("exec", pod, "--", "sh", "-c", script);
    }

    private static String status(String pod, String path) {
        String ofFirst = path.replace("{.", "{.status.containerStatuses[0].");
        return server.kubectl("get", "pod", pod, "-o", "jsonpath=" + ofFirst);
    }

    private static void becomes(String pod, String shown) {
        Await.until(
                pod + " shown as " + shown,
                SOON,
                () -> server.kubectl("get", "pod", pod, "--no-headers")
                        .split("\\s+")[2]
                        .matches(shown),
                () -> server.kubectl("describe", "pod", pod));
    }

    private static String resource(String name) {
        try (InputStream in = PodBehaviourTest.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
