package io.kvorum.apiserver.handle;

import io.kvorum.apiserver.authz.Authorized;

/** Asks for the right to create what an update or an apply did not find; any thread. */
@FunctionalInterface
public interface CreateRight {
    /** @throws io.kvorum.apimachinery.status.ApiException 403 when the caller may only change what is there */
    void require(Authorized request);
}
