package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.http.RequestInfo;

/** A request that its caller may make; only this package can mint it. */
public sealed interface Authorized permits AuthorizedRequest {
    RequestInfo request();

    Caller caller();
}
