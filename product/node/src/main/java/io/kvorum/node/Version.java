package io.kvorum.node;

/**
 * What this build calls itself.
 *
 * @param kubernetes the level of the API, in the form that tools parse
 */
public record Version(String kubernetes) {
    public static final Version CURRENT = new Version("v1.36.0+kvorum1");
}
