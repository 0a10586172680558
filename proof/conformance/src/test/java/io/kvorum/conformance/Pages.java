package io.kvorum.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the pages tell to type: the lines between fences, and what stands in the text between backquotes and begins as a
 * command, an address or a setting does. Of a fence that is called yaml, the whole is one.
 */
final class Pages {
    /** Also what sets variables for a command, and addresses to ask. */
    private static final Pattern COMMAND =
            Pattern.compile("(?:k3s|kubectl|etcdctl|crictl|ctr|curl|systemctl|journalctl|sh|rm|cat|tar|dist/\\S+) .+"
                    + "|k3s-\\S+\\.sh|\\./(?:dev|check|quickstart)\\b.*|https?://.+|[A-Z][A-Z0-9_]+=.+");
    /** On the page whose flags are to be tried. */
    private static final Pattern COMMAND_OR_FLAG = Pattern.compile(COMMAND + "|--.+");

    private static final Pattern BETWEEN_BACKQUOTES = Pattern.compile("`([^`]+)`");

    /** By what is to be typed, the first page that says so. */
    private final Map<String, String> pages = new LinkedHashMap<>();

    private final Set<String> taken = new LinkedHashSet<>();

    private Pages() {}

    /** @param flagsOn the one page on which a flag alone is something to try */
    static Pages read(List<Path> files, String flagsOn) {
        var pages = new Pages();
        for (Path file : files) {
            try {
                String name = file.getFileName().toString();
                pages.add(name, Files.readString(file), name.equals(flagsOn) ? COMMAND_OR_FLAG : COMMAND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return pages;
    }

    private void add(String page, String document, Pattern wanted) {
        String language = "";
        StringBuilder fenced = null;
        var prose = new StringBuilder();
        for (String line : document.lines().toList()) {
            if (line.startsWith("```") && fenced == null) {
                language = line.substring(3);
                fenced = new StringBuilder();
            } else if (line.startsWith("```")) {
                addFenced(page, language, fenced.toString());
                fenced = null;
            } else if (fenced != null) {
                fenced.append(line).append('\n');
            } else {
                prose.append(line).append('\n');
            }
        }
        Matcher span = BETWEEN_BACKQUOTES.matcher(prose);
        while (span.find()) {
            String text = span.group(1).replaceAll("\\s+", " ").strip();
            if (wanted.matcher(text).matches()) {
                pages.putIfAbsent(text, page);
            }
        }
    }

    private void addFenced(String page, String language, String text) {
        switch (language) {
            case "yaml", "haproxy" -> pages.putIfAbsent(text, page);
            case "" ->
                text.lines()
                        .map(line -> line.replaceFirst("(^|\\s+)# .*", "").strip())
                        .filter(line -> !line.isEmpty())
                        .forEach(line -> pages.putIfAbsent(line, page));
            default -> {} // a drawing, an answer
        }
    }

    /** What stands so on a page, with words replaced in turn: each at an even place by the one that follows it. */
    String take(String text, Map<String, String> table, String... replaced) {
        if (!pages.containsKey(text)) {
            throw new AssertionError("no page says \"%s\"; near it:%n%s"
                    .formatted(
                            text,
                            pages.keySet().stream()
                                    .filter(other -> other.startsWith(text.split(" ", 2)[0]))
                                    .collect(Collectors.joining("\n"))));
        }
        taken.add(text);
        String typed = text;
        for (int i = 0; i < replaced.length; i += 2) {
            if (!typed.contains(replaced[i])) {
                throw new AssertionError("\"%s\" is not in: %s".formatted(replaced[i], Arrays.asList(typed, text)));
            }
            typed = typed.replace(replaced[i], replaced[i + 1]);
        }
        for (Map.Entry<String, String> one : table.entrySet()) {
            typed = typed.replace(one.getKey(), one.getValue());
        }
        return typed;
    }

    /** The file that begins so on a page. */
    String takeFile(String beginning, Map<String, String> table) {
        String text = pages.keySet().stream()
                .filter(each -> each.startsWith(beginning) && each.endsWith("\n"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no page has a file that begins with " + beginning));
        return take(text, table);
    }

    /** What nobody took, each with its page. */
    List<String> left() {
        return pages.entrySet().stream()
                .filter(each -> !taken.contains(each.getKey()))
                .map(each -> each.getValue() + ": " + each.getKey())
                .toList();
    }

    /** Those on the pages that begin so. */
    List<String> beginningWith(String beginning) {
        return pages.keySet().stream()
                .filter(text -> text.startsWith(beginning))
                .toList();
    }
}
