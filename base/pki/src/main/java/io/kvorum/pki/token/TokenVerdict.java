package io.kvorum.pki.token;

/** What became of a bearer token. */
public sealed interface TokenVerdict {
    /** Signed by us, for an audience asked for, and in its time. */
    record Valid(TokenClaims claims) implements TokenVerdict {}

    /** Ours, but not acceptable; the reason is for logs and TokenReview. */
    record Invalid(String reason) implements TokenVerdict {}

    /** No token of ours at all; another way of authentication may know it. */
    record Foreign() implements TokenVerdict {}
}
