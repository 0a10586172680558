package io.kvorum.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The commands of a document, as they stand between its fences. */
final class Runbook {
    /** @param section the heading that it stands below */
    record Block(String section, String language, String text) {
        /** What stands before the first line that begins so. */
        Block until(String line) {
            return new Block(section, language, text.substring(0, position(line)));
        }

        /** From the first line that begins so. */
        Block from(String line) {
            return new Block(section, language, text.substring(position(line)));
        }

        private int position(String line) {
            int found = ("\n" + text).indexOf("\n" + line);
            if (found < 0) {
                throw new AssertionError("no line begins with \"%s\" in:%n%s".formatted(line, text));
            }
            return found;
        }

        /** With these words replaced, in the order of the map. */
        Block with(Map<String, String> substitutions) {
            String replaced = text;
            for (Map.Entry<String, String> one : substitutions.entrySet()) {
                replaced = replaced.replace(one.getKey(), one.getValue());
            }
            return new Block(section, language, replaced);
        }
    }

    private final List<Block> blocks;

    private Runbook(List<Block> blocks) {
        this.blocks = List.copyOf(blocks);
    }

    /** Of a resource beside this class' tests. */
    static Runbook load(String resource) {
        try (var in = Runbook.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + resource);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Runbook parse(String document) {
        List<Block> blocks = new ArrayList<>();
        String section = "";
        String language = "";
        StringBuilder block = null;
        for (String line : document.lines().toList()) {
            if (line.startsWith("```")) {
                if (block == null) {
                    language = line.substring(3);
                    block = new StringBuilder();
                } else {
                    blocks.add(new Block(section, language, block.toString()));
                    block = null;
                }
            } else if (block != null) {
                block.append(line).append('\n');
            } else if (line.startsWith("## ")) {
                section = line.substring(3);
            }
        }
        return new Runbook(blocks);
    }

    List<Block> all() {
        return blocks;
    }

    /** @param number from 1, below that heading */
    Block block(String section, int number) {
        List<Block> below =
                blocks.stream().filter(one -> one.section().equals(section)).toList();
        if (below.size() < number) {
            throw new AssertionError("no block %d below \"%s\"".formatted(number, section));
        }
        return below.get(number - 1);
    }
}
