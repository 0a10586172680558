package io.kvorum.backend;

/** Up to which entry of the log the content of the file goes: its term and index. */
public record AppliedPosition(long term, long index) {
    public static final AppliedPosition START = new AppliedPosition(0, 0);
}
