package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Image;
import java.util.List;

/** The names of an image, taken apart. */
record ImageNames(String repository, String digest, List<Tagged> tags) {
    private static final String NONE = "<none>";

    record Tagged(String repository, String tag) {}

    /** An image that was pulled by digest has no tag, but a repository. */
    static ImageNames of(Image image) {
        String first = image.getRepoDigestsCount() == 0 ? NONE + "@" + NONE : image.getRepoDigests(0);
        int at = first.indexOf('@');
        String repository = at < 0 ? first : first.substring(0, at);
        String digest = at < 0 ? NONE : first.substring(at + 1);
        List<Tagged> tags = image.getRepoTagsList().stream()
                .map(each -> tagged(each, repository))
                .toList();
        return new ImageNames(repository, digest, tags.isEmpty() ? List.of(new Tagged(repository, NONE)) : tags);
    }

    private static Tagged tagged(String name, String repository) {
        int colon = name.lastIndexOf(':');
        String before = colon < 0 ? name : name.substring(0, colon);
        return new Tagged(before.equals(NONE) ? repository : before, colon < 0 ? NONE : name.substring(colon + 1));
    }

    String firstTag() {
        return tags.getFirst().repository() + ":" + tags.getFirst().tag();
    }
}
