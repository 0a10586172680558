package io.kvorum.apiserver.authn;

import java.util.List;

/** What a bearer token turned out to be. */
public sealed interface TokenAnswer {
    /** @param audiences those asked for that the token is for */
    record Known(Caller caller, List<String> audiences) implements TokenAnswer {}

    record Refused(String reason) implements TokenAnswer {}
}
