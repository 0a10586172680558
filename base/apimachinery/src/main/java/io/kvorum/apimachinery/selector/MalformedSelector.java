package io.kvorum.apimachinery.selector;

/** A selector that cannot be read; the message is upstream's, for a 400. */
public final class MalformedSelector extends RuntimeException {
    private final String problem;

    MalformedSelector(String problem) {
        super(problem);
        this.problem = problem;
    }

    public String problem() {
        return problem;
    }
}
