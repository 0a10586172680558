package io.kvorum.network;

import java.util.List;

/** A program of the operating system could not do its work. */
public final class CommandFailed extends RuntimeException {
    private final List<String> words;

    CommandFailed(List<String> words, String what) {
        super("command " + String.join(" ", words) + " " + what);
        this.words = List.copyOf(words);
    }

    public List<String> words() {
        return words;
    }
}
