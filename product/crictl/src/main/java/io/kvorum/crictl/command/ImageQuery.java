package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Image;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Which images are wanted: of a name, and by {@code --filter} conditions applied one after the other. */
record ImageQuery(String name, List<String> conditions) {
    static final String HELP = "Filter output based on provided conditions: dangling=(true|false),"
            + " reference=/regular expression/, before=(name|id|digest), since=(name|id|digest)";

    List<Image> ask(Session session) {
        List<Image> images = new ArrayList<>(session.images().listImages(name));
        images.sort(Comparator.comparing(ImageQuery::order));
        for (String condition : conditions) {
            images = filtered(images, condition);
        }
        return images;
    }

    private static String order(Image image) {
        if (image.getRepoTagsCount() > 0) {
            return image.getRepoTags(0);
        }
        return image.getRepoDigestsCount() > 0 ? image.getRepoDigests(0) : image.getId();
    }

    private static List<Image> filtered(List<Image> images, String condition) {
        int equals = condition.indexOf('=');
        String kind = equals < 0 ? condition : condition.substring(0, equals);
        String value = condition.substring(equals + 1);
        return switch (kind) {
            case "dangling" ->
                images.stream()
                        .filter(each -> value.equals(String.valueOf(each.getRepoTagsCount() == 0)))
                        .toList();
            case "reference" -> {
                Pattern pattern = Patterns.of(value);
                yield images.stream()
                        .filter(each -> pattern.matcher(ImageNames.of(each).repository())
                                .find())
                        .toList();
            }
            case "since" ->
                images.stream().takeWhile(each -> !isNamed(each, value)).toList();
            case "before" -> {
                List<Image> after = images.reversed().stream()
                        .takeWhile(each -> !isNamed(each, value))
                        .toList();
                yield after.reversed();
            }
            default -> throw new Failure("unknown filter flag: " + condition);
        };
    }

    private static boolean isNamed(Image image, String value) {
        if (value.contains("@")) {
            return image.getRepoDigestsCount() > 0 && image.getRepoDigests(0).startsWith(value);
        }
        return value.contains(":")
                ? ImageNames.of(image).firstTag().equals(value)
                : image.getId().startsWith(value) || image.getId().startsWith("sha256:" + value);
    }
}
