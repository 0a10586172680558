package io.kvorum.crictl.stream;

/** How many characters a terminal shows. */
public record TerminalSize(int rows, int columns) {}
