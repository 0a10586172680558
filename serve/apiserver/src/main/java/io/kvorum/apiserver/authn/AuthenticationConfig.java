package io.kvorum.apiserver.authn;

import java.util.List;
import javax.net.ssl.X509TrustManager;

/**
 * Whom the API server believes.
 *
 * @param clientTrust trusts the authorities of client certificates and no others
 * @param apiAudiences for whom a service account's token must be; the first is also the default of new tokens
 * @param isAnonymousAllowed whether callers without credentials get in as {@code system:anonymous}; K3s says no
 */
public record AuthenticationConfig(
        X509TrustManager clientTrust, List<String> apiAudiences, boolean isAnonymousAllowed) {
    public AuthenticationConfig {
        apiAudiences = List.copyOf(apiAudiences);
    }
}
