package io.kvorum.apiserver.handle;

import io.kvorum.apiserver.authz.Authorized;
import tools.jackson.databind.node.ObjectNode;

/** Makes tokens for service accounts: the {@code token} subresource; any thread. */
@FunctionalInterface
public interface TokenIssuer {
    /**
     * @param serviceAccount as stored
     * @param tokenRequest the body, which is the issuer's to change
     * @return the TokenRequest with its status
     */
    ObjectNode issue(Authorized request, ObjectNode serviceAccount, ObjectNode tokenRequest);
}
