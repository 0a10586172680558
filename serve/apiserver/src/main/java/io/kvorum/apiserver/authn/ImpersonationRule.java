package io.kvorum.apiserver.authn;

/** Asks the next stage whether a caller may act as somebody else. */
@FunctionalInterface
public interface ImpersonationRule {
    /**
     * @param resource what the other is: users, groups, serviceaccounts, uids, userextras
     * @param subresource the key of an extra; else empty
     * @throws io.kvorum.apimachinery.status.ApiException 403 when it may not
     */
    void require(Caller caller, String group, String resource, String subresource, String namespace, String name);
}
