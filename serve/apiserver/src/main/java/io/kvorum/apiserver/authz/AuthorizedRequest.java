package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.http.RequestInfo;

record AuthorizedRequest(RequestInfo request, Caller caller) implements Authorized {}
