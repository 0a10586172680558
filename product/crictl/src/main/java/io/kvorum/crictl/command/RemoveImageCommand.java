package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.Image;
import io.kvorum.crictl.session.Session;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code rmi}: removes images, each with all its tags. */
@Command(
        name = "rmi",
        customSynopsis = "IMAGE-ID [IMAGE-ID...]",
        description = "Remove one or more images",
        footer = "An image goes with all its tags, also when it is named by one of them.")
final class RemoveImageCommand extends Act {
    @Option(
            names = {"-a", "--all"},
            description = "Remove all images")
    private boolean all;

    @Option(
            names = {"-q", "--prune"},
            description = "Remove all unused images")
    private boolean prune;

    RemoveImageCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        Set<String> wanted = new LinkedHashSet<>(arguments());
        if (all || prune) {
            Set<String> used = prune ? used() : Set.of();
            session.images().listImages().stream()
                    .filter(each -> !(prune && each.getPinned()))
                    .map(Image::getId)
                    .filter(each -> !used.contains(each))
                    .forEach(wanted::add);
            if (wanted.isEmpty()) {
                session.notices().information("No images to remove");
            }
        } else {
            ids();
        }
        forEach(List.copyOf(wanted), this::remove);
    }

    private Set<String> used() {
        Set<String> used = new TreeSet<>();
        for (Container each : session.runtime().listContainers(Map.of())) {
            session.images()
                    .imageStatus(each.getImage().getImage())
                    .map(Image::getId)
                    .ifPresent(used::add);
        }
        return used;
    }

    private void remove(String name) {
        Image image = session.images().imageStatus(name).orElseThrow(() -> noSuch("image", name));
        boolean byTag = !name.startsWith("sha256:") && (name.contains(":") || name.contains("/"));
        if (byTag && image.getRepoTagsCount() > 1) {
            session.notices()
                    .warning("Image \"%s\" has multiple tags, which all go: %s"
                            .formatted(name, String.join(", ", image.getRepoTagsList())));
        }
        session.images().removeImage(name);
        List<String> names = image.getRepoTagsCount() > 0 ? image.getRepoTagsList() : image.getRepoDigestsList();
        names.forEach(each -> session.out().println("Deleted: " + each));
    }
}
