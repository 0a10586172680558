package io.kvorum.kubelet.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists in {@code agent/images}: {@code .txt} files with an image a line, which are pulled before pods ask for them, once
 * and again when a list changes. What fails is tried again at every look. One thread at a time.
 */
public final class ImageLists {
    private static final Logger LOG = LoggerFactory.getLogger(ImageLists.class);

    private final Path folder;
    private final Consumer<String> puller;
    /** By list: the text that was pulled. */
    private final Map<Path, String> pulled = new HashMap<>();
    /** Whose failure was told, which is not done each time. */
    private final Set<Path> failed = new HashSet<>();

    /** @param puller brings an image from where it comes from, or throws */
    public ImageLists(Path folder, Consumer<String> puller) {
        this.folder = folder;
        this.puller = puller;
    }

    public void pullNew() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> lists;
        try (Stream<Path> files = Files.list(folder)) {
            lists = files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            LOG.atWarn().addKeyValue("folder", folder).setCause(failure).log("lists of images cannot be found");
            return;
        }
        lists.forEach(this::pull);
    }

    private void pull(Path list) {
        try {
            String text = Files.readString(list);
            if (text.equals(pulled.get(list))) {
                return;
            }
            List<String> images = text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
            images.forEach(puller);
            pulled.put(list, text);
            failed.remove(list);
            LOG.atInfo()
                    .addKeyValue("list", list)
                    .addKeyValue("images", images.size())
                    .log("pulled images");
        } catch (IOException | RuntimeException failure) {
            if (failed.add(list)) {
                LOG.atWarn()
                        .addKeyValue("list", list)
                        .addKeyValue("reason", failure.getMessage())
                        .log("images of a list cannot be pulled yet, trying again");
            }
        }
    }
}
