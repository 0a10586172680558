package io.kvorum.node;

import io.kvorum.pki.CertificateReport.Line;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log and by an Event, twice a day, which certificates somebody has to look after: authorities, which are not
 * renewed by themselves, a year ahead; others when their renewal must have failed. One thread.
 */
final class CertificateWarning {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWarning.class);
    private static final Duration AUTHORITY = Duration.ofDays(365);
    /** They are renewed 120 days before their end. */
    private static final Duration LEAF = Duration.ofDays(30);

    private static final Duration EVERY = Duration.ofHours(12);
    /** K3s's reason, which dashboards and alerts look for. */
    static final String REASON = "CertificateExpirationWarning";

    private final Consumer<String> teller;
    private final InstantSource clock;
    private Instant lastTold = Instant.MIN;

    /** @param teller tells people; the same words for as long as the same certificates are meant */
    CertificateWarning(Consumer<String> teller, InstantSource clock) {
        this.teller = teller;
        this.clock = clock;
    }

    void look(List<Line> lines) {
        Instant now = clock.instant();
        // a clock that was set back must not silence it for years
        if (!lastTold.isAfter(now) && lastTold.isAfter(now.minus(EVERY))) {
            return;
        }
        lastTold = now;
        String authorities = ending(lines, true, now.plus(AUTHORITY));
        if (!authorities.isEmpty()) {
            warn("Authorities of this cluster end soon; plan their rotation with `k3s certificate rotate-ca`: "
                    + authorities);
        }
        String leaves = ending(lines, false, now.plus(LEAF));
        if (!leaves.isEmpty()) {
            warn("Certificates of this node end soon and could not be renewed; see the log of its server: " + leaves);
        }
    }

    private void warn(String message) {
        LOG.atWarn().addKeyValue("detail", message).log("certificates end soon");
        teller.accept(message);
    }

    private static String ending(List<Line> lines, boolean isOfAuthorities, Instant before) {
        return lines.stream()
                .filter(line -> line.usages().contains("CertSign") == isOfAuthorities
                        && line.ends().isBefore(before))
                .map(line -> "%s (%s) ends %s".formatted(line.subject(), line.file(), line.ends()))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
