package io.kvorum.apiserver.authn;

import io.kvorum.apiserver.http.RequestInfo;

record AuthenticatedRequest(RequestInfo request, Caller caller) implements Authenticated {}
