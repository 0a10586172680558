package io.kvorum.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerMetadata;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.ContainerStatusResponse;
import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.ImageSpec;
import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxMetadata;
import io.kvorum.cri.runtime.PodSandboxState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How answers look, to the blank. */
class FormatsTest {
    private static final String WEB = "1111111111111111111111111111111111111111111111111111111111111111";
    private static final String JOB = "2222222222222222222222222222222222222222222222222222222222222222";
    private static final String POD = "3333333333333333333333333333333333333333333333333333333333333333";

    @TempDir
    Path folder;

    private FakeRuntime runtime;
    private Player player;

    @BeforeEach
    void fill() throws Exception {
        runtime = new FakeRuntime(folder);
        player = new Player(folder, runtime.socket);
        runtime.containers.add(container(JOB, "job", ContainerState.CONTAINER_EXITED, Duration.ofDays(3)));
        runtime.containers.add(container(WEB, "web", ContainerState.CONTAINER_RUNNING, Duration.ofHours(3)));
        runtime.pods.add(PodSandbox.newBuilder()
                .setId(POD)
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setName("web-0")
                        .setUid("u1")
                        .setNamespace("shop"))
                .setState(PodSandboxState.SANDBOX_READY)
                .setCreatedAt(before(Duration.ofMinutes(1)))
                .build());
        runtime.images.add(Image.newBuilder()
                .setId("sha256:" + WEB)
                .addRepoTags("docker.io/library/nginx:1.25")
                .addRepoTags("docker.io/library/nginx:latest")
                .addRepoDigests("docker.io/library/nginx@sha256:" + JOB)
                .setSize(191_234_567)
                .build());
        runtime.images.add(Image.newBuilder()
                .setId("sha256:" + POD)
                .addRepoDigests("docker.io/library/busybox@sha256:" + WEB)
                .setSize(742_000)
                .setPinned(true)
                .build());
    }

    private static Container container(String id, String name, ContainerState state, Duration age) {
        return Container.newBuilder()
                .setId(id)
                .setPodSandboxId(POD)
                .setMetadata(ContainerMetadata.newBuilder().setName(name).setAttempt(2))
                .setImage(ImageSpec.newBuilder().setImage("sha256:" + WEB))
                .setState(state)
                .setCreatedAt(before(age))
                .putLabels("io.kubernetes.pod.name", "web-0")
                .putLabels("io.kubernetes.pod.namespace", "shop")
                .build();
    }

    private static long before(Duration age) {
        return Instant.now().minus(age).toEpochMilli() * 1_000_000;
    }

    @AfterEach
    void stop() throws Exception {
        runtime.close();
    }

    @Test
    void runningContainersAreATable() {
        assertThat(player.out("ps")).isEqualTo("""
                CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD                 NAMESPACE
                1111111111111       1111111111111       3 hours ago         Running             web                 2                   3333333333333       web-0               shop
                """);
    }

    @Test
    void allContainersAreShownYoungestFirst() {
        assertThat(player.out("ps", "-aq")).isEqualTo(WEB + "\n" + JOB + "\n");
        assertThat(player.out("ps", "-l", "-q")).isEqualTo(WEB + "\n");
        assertThat(player.out("ps", "--last=2", "-q")).isEqualTo(WEB + "\n" + JOB + "\n");
        assertThat(player.out("ps", "--state", "Exited", "-q")).isEqualTo(JOB + "\n");
    }

    @Test
    void containersAreChosenByWhatTheirNamesAreLike() {
        assertThat(player.out("ps", "-a", "-q", "--name", "^j")).isEqualTo(JOB + "\n");
        assertThat(player.out("ps", "-a", "-q", "--name", "^x")).isEmpty();
        assertThat(player.out("ps", "-q", "--namespace", "sho")).isEqualTo(WEB + "\n");
        assertThat(player.out("ps", "-q", "--pod", "333", "--id", "11")).isEqualTo(WEB + "\n");
        assertThat(player.out("ps", "-q", "--label", "io.kubernetes.pod.name=other"))
                .isEmpty();
        assertThat(player.out("ps", "-q", "--image", "docker.io/library/nginx:1.25"))
                .isEqualTo(WEB + "\n");
        assertThat(player.run("ps", "--name", "[").err()).contains("invalid regular expression \"[\"");
        assertThat(player.run("ps", "-s", "odd").err())
                .contains("--state should be one of created, running, exited or unknown");
    }

    @Test
    void containersAreShownAsJsonOfProtobuf() {
        runtime.containers.set(
                1,
                runtime.containers.get(1).toBuilder()
                        .setCreatedAt(1_700_000_000_000_000_001L)
                        .build());

        assertThat(player.out("ps", "-o", "json")).isEqualTo("""
                {
                  "containers": [
                    {
                      "id": "%s",
                      "podSandboxId": "%s",
                      "metadata": {
                        "name": "web",
                        "attempt": 2
                      },
                      "image": {
                        "image": "sha256:%s",
                        "annotations": {},
                        "userSpecifiedImage": "",
                        "runtimeHandler": ""
                      },
                      "imageRef": "",
                      "state": "CONTAINER_RUNNING",
                      "createdAt": "1700000000000000001",
                      "labels": {
                        "io.kubernetes.pod.name": "web-0",
                        "io.kubernetes.pod.namespace": "shop"
                      },
                      "annotations": {},
                      "imageId": ""
                    }
                  ]
                }
                """.formatted(WEB, POD, WEB));
    }

    @Test
    void podsAreATable() {
        assertThat(player.out("pods")).isEqualTo("""
                POD ID              CREATED              STATE               NAME                NAMESPACE           ATTEMPT             RUNTIME
                3333333333333       About a minute ago   Ready               web-0               shop                0                   (default)
                """);
        assertThat(player.out("pods", "-q", "-s", "notready")).isEmpty();
    }

    @Test
    void imagesAreATableWithALineForEachTag() {
        assertThat(player.out("images")).isEqualTo("""
                IMAGE                       TAG                 IMAGE ID            SIZE
                docker.io/library/busybox   <none>              3333333333333       742kB
                docker.io/library/nginx     1.25                1111111111111       191MB
                docker.io/library/nginx     latest              1111111111111       191MB
                """);
        assertThat(player.out("img", "--digests", "--pinned", "-f", "dangling=true"))
                .isEqualTo("""
                IMAGE                       TAG                 DIGEST              IMAGE ID            SIZE                PINNED
                docker.io/library/busybox   <none>              1111111111111       3333333333333       742kB               true
                """);
        assertThat(player.out("images", "-q", "-f", "reference=nginx")).isEqualTo("sha256:" + WEB + "\n");
        assertThat(player.out("images", "-q", "-f", "since=docker.io/library/nginx:1.25"))
                .isEqualTo("sha256:" + POD + "\n");
        assertThat(player.out("images", "-q", "-f", "before=333")).isEqualTo("sha256:" + WEB + "\n");
    }

    @Test
    void aContainerIsInspectedWithWhatTheRuntimeKnowsBeyondItsStatus() {
        runtime.statuses.add(ContainerStatusResponse.newBuilder()
                .setStatus(ContainerStatus.newBuilder()
                        .setId(WEB)
                        .setMetadata(ContainerMetadata.newBuilder().setName("web"))
                        .setState(ContainerState.CONTAINER_CREATED)
                        .setCreatedAt(1_700_000_000_500_000_000L))
                .putInfo("info", "{\"pid\":0,\"alive\":{\"b\":1,\"a\":[]}}")
                .build());

        String shown = player.out("inspect", WEB);

        assertThat(shown)
                .startsWith("""
                {
                  "info": {
                    "alive": {
                      "a": [],
                      "b": 1
                    },
                    "pid": 0
                  },
                  "status": {
                    "annotations": {},
                """)
                .contains("\"startedAt\": \"0001-01-01T00:00:00Z\"")
                .contains("\"createdAt\": \"2023-11-1");
        assertThat(player.out("inspect", "-q", WEB)).doesNotContain("alive");
        assertThat(player.out("inspect", "-o", "yaml", WEB)).startsWith("""
                info:
                  alive:
                    a: []
                    b: 1
                  pid: 0
                status:
                """);
        assertThat(player.out("inspect", "-o", "table", WEB))
                .startsWith("ID: %s\nName: web\nState: CONTAINER_CREATED\nCreated: ".formatted(WEB));
        assertThat(player.run("inspect", "nothing").err()).isEqualTo("ERRO[0000] no such container: nothing\n");
        assertThat(player.run("inspect", "-o", "go-template", WEB).err()).contains("use --output json and jq");
    }

    @Test
    void theRuntimeTellsWhoItIs() {
        assertThat(player.out("version")).isEqualTo("""
                Version:  0.1.0
                RuntimeName:  containerd
                RuntimeVersion:  1.6.20
                RuntimeApiVersion:  v1
                """);
        assertThat(player.out("info")).isEqualTo("""
                {
                  "config": {
                    "sandboxImage": "pause:3.6"
                  },
                  "golang": "go1.19.8",
                  "status": {
                    "conditions": [
                      {
                        "message": "",
                        "reason": "",
                        "status": true,
                        "type": "RuntimeReady"
                      }
                    ]
                  }
                }
                """);
    }

    @Test
    void everyCommandExplainsItself() {
        assertThat(player.out("--help")).contains("COMMANDS:").contains("images, image, img  List images");
        player.out("completion", "fish")
                .lines()
                .filter(line -> line.contains(" -a "))
                .map(line -> line.replaceAll(".* -a (\\S+) .*", "$1"))
                .forEach(name -> assertThat(player.out(name, "--help"))
                        .contains("NAME:\n   crictl ")
                        .contains("OPTIONS:"));
        assertThat(player.out("completion", "bash")).contains("complete -F");
        assertThat(player.run("ps", "--odd").exitCode()).isEqualTo(1);
        assertThat(player.run("ps", "--odd").err()).contains("flag provided but not defined: --odd");
    }
}
