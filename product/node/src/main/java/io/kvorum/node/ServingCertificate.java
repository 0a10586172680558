package io.kvorum.node;

import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerCertificates;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the API's door. It learns the names and addresses by which somebody with a valid token reached this
 * server, such as a load balancer's, unless told to be strict. Any thread.
 */
final class ServingCertificate {
    private static final Logger LOG = LoggerFactory.getLogger(ServingCertificate.class);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:]([-A-Za-z0-9.:]{0,251}[A-Za-z0-9])?");
    /** More would make every handshake slow; who knows the token is trusted, but not with that. */
    private static final int MOST_LEARNED = 32;

    private final ServerCertificates certificates;
    private final ServerCertificates.Names given;
    private final boolean isStrict;
    private final ReloadableKeyManager keys;
    private final List<String> learned = new ArrayList<>();

    ServingCertificate(ServerCertificates certificates, ServerCertificates.Names given, boolean isStrict) {
        this.certificates = certificates;
        this.given = given;
        this.isStrict = isStrict;
        this.keys = certificates.live(certificates.apiServing(given));
    }

    ReloadableKeyManager keys() {
        return keys;
    }

    /**
     * Shown from the next handshake on.
     *
     * @return whether it was new, and one to be shown
     */
    synchronized boolean learn(String host) {
        if (isStrict
                || given.apiNames().contains(host)
                || learned.contains(host)
                || learned.size() >= MOST_LEARNED
                || !HOST.matcher(host).matches()) {
            return false;
        }
        learned.add(host);
        List<String> all = new ArrayList<>(given.apiNames());
        all.addAll(learned);
        keys.replace(certificates.apiServing(
                new ServerCertificates.Names(given.nodeName(), all, given.etcdNames(), given.memberUri())));
        LOG.atInfo().addKeyValue("name", host).log("the API's certificate speaks for a further name");
        return true;
    }
}
