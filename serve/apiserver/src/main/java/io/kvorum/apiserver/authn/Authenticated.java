package io.kvorum.apiserver.authn;

import io.kvorum.apiserver.http.RequestInfo;

/** A request whose caller is known; only this package can mint it. */
public sealed interface Authenticated permits AuthenticatedRequest {
    RequestInfo request();

    Caller caller();
}
