package io.kvorum.apiserver.authn;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.http.Exchange;
import io.kvorum.pki.token.ServiceAccountTokens;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who asks: by client certificate, then by bearer token, else anonymous where that is allowed. Any thread. */
public final class Authenticator {
    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);
    private static final String BEARER = "bearer ";

    private final AuthenticationConfig config;
    private final ClientCertificates certificates;
    private final BearerTokens tokens;
    private final Impersonation impersonation;

    public Authenticator(
            AuthenticationConfig config,
            ServiceAccountTokens tokens,
            ClusterObjects objects,
            ImpersonationRule rule,
            InstantSource clock) {
        this.config = config;
        this.certificates = new ClientCertificates(config.clientTrust(), clock);
        this.tokens = new BearerTokens(tokens, objects, clock);
        this.impersonation = new Impersonation(rule);
    }

    /** @throws ApiException 401 for a caller nobody knows, 403 for one who may not act as another */
    public Authenticated authenticate(RequestInfo request, Exchange exchange) {
        Caller caller = caller(exchange);
        return new AuthenticatedRequest(request, impersonation.apply(caller, exchange.requestHeaders()));
    }

    /** @param audiences empty for the API server's own */
    public TokenAnswer check(String token, List<String> audiences) {
        TokenAnswer answer = tokens.check(token, audiences.isEmpty() ? config.apiAudiences() : audiences);
        return answer instanceof TokenAnswer.Known known
                ? new TokenAnswer.Known(authenticated(known.caller()), known.audiences())
                : answer;
    }

    private Caller caller(Exchange exchange) {
        if (!exchange.peerCertificates().isEmpty()) {
            Optional<Caller> byCertificate = certificates.caller(exchange.peerCertificates());
            if (byCertificate.isPresent()) {
                return authenticated(byCertificate.get());
            }
        }
        Optional<String> token = bearerToken(exchange);
        if (token.isPresent()) {
            return byToken(token.get(), exchange);
        }
        if (!exchange.peerCertificates().isEmpty() || !config.isAnonymousAllowed()) {
            throw ApiException.unauthorized();
        }
        return Caller.ANONYMOUS;
    }

    private Caller byToken(String token, Exchange exchange) {
        return switch (check(token, List.of())) {
            case TokenAnswer.Known known -> known.caller();
            case TokenAnswer.Refused refused -> {
                log.atDebug()
                        .addKeyValue("reason", refused.reason())
                        .addKeyValue("from", exchange.remoteAddress())
                        .log("bearer token refused");
                throw ApiException.unauthorized();
            }
        };
    }

    private static Optional<String> bearerToken(Exchange exchange) {
        return exchange.requestHeaders()
                .first("Authorization")
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip())
                .filter(token -> !token.isEmpty());
    }

    private static Caller authenticated(Caller caller) {
        List<String> groups = new ArrayList<>(caller.groups());
        if (!groups.contains("system:authenticated")) {
            groups.add("system:authenticated");
        }
        return new Caller(caller.user(), caller.uid(), groups, caller.extra());
    }
}
