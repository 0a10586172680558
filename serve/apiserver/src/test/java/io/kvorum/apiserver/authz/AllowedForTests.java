package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.http.RequestInfo;

/** Lets tests of later stages begin behind authorization. */
public final class AllowedForTests {
    private AllowedForTests() {}

    public static Authorized request(RequestInfo info, Caller caller) {
        return new AuthorizedRequest(info, caller);
    }
}
