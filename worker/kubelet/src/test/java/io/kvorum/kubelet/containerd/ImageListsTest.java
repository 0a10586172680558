package io.kvorum.kubelet.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageListsTest {
    @TempDir
    private Path folder;

    private final List<String> pulled = new ArrayList<>();
    private boolean isAway;

    private void pull(String image) {
        if (isAway) {
            throw new IllegalStateException("no registry answers");
        }
        pulled.add(image);
    }

    @Test
    void theImagesOfAListArePulledOnceAndAgainWhenItChanges() throws IOException {
        var lists = new ImageLists(folder, this::pull);
        Path list = Files.writeString(folder.resolve("shop.txt"), "docker.io/library/redis:7\n\n# later\nnginx \n");
        Files.writeString(folder.resolve("notes.md"), "postgres\n");

        lists.pullNew();
        lists.pullNew();
        assertThat(pulled).containsExactly("docker.io/library/redis:7", "nginx");

        Files.writeString(list, "nginx:2\n");
        lists.pullNew();
        assertThat(pulled).hasSize(3).endsWith("nginx:2");
    }

    @Test
    void aRegistryThatIsAwayIsAskedAgain() throws IOException {
        var lists = new ImageLists(folder, this::pull);
        Files.writeString(folder.resolve("shop.txt"), "nginx\n");
        isAway = true;
        lists.pullNew();
        isAway = false;
        lists.pullNew();

        assertThat(pulled).containsExactly("nginx");
    }
}
