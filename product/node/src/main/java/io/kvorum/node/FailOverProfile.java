package io.kvorum.node;

import io.kvorum.apiserver.ApiServerConfig;
import io.kvorum.controllers.ControllersConfig;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How soon pods of a dead node run elsewhere; immutable.
 *
 * @param leaseRenewal how often a node says that it lives
 * @param nodeGrace how long its silence may last before it counts as lost
 * @param podsStay how long its pods stay after that, unless they say otherwise
 */
record FailOverProfile(Duration leaseRenewal, Duration nodeGrace, Duration podsStay) {
    private static final Logger LOG = LoggerFactory.getLogger(FailOverProfile.class);
    /** How often the controllers look at the nodes, and what it takes to schedule and start a pod whose image is there. */
    private static final Duration LOOK_AND_START = Duration.ofSeconds(8);

    /** Upstream's: nothing moves because of a short outage, and after a power cut it takes six minutes. */
    private static final FailOverProfile STANDARD =
            new FailOverProfile(Duration.ofSeconds(10), Duration.ofSeconds(40), Duration.ofMinutes(5));

    /** For a site of a few nodes that must go on without one: three renewals in a row are missed before anything moves. */
    private static final FailOverProfile EDGE =
            new FailOverProfile(Duration.ofSeconds(3), Duration.ofSeconds(12), Duration.ofSeconds(5));

    static FailOverProfile of(boolean isEdge) {
        return isEdge ? EDGE : STANDARD;
    }

    ControllersConfig applyTo(ControllersConfig config) {
        return config.withNodeMonitorGrace(nodeGrace);
    }

    ApiServerConfig.LostNodes lostNodes() {
        int seconds = (int) podsStay.toSeconds();
        return new ApiServerConfig.LostNodes(seconds, seconds);
    }

    /** After a node's power went. */
    Duration expected() {
        return nodeGrace.plus(podsStay).plus(LOOK_AND_START);
    }

    /** Says what is to be expected, unless it is what everybody knows. */
    void announce() {
        if (equals(EDGE)) {
            LOG.atInfo()
                    .addKeyValue("nodeCountsAsLostAfter", nodeGrace)
                    .addKeyValue("itsPodsAreReplacedAfter", nodeGrace.plus(podsStay))
                    .addKeyValue("replacementsRunWithin", expected())
                    .addKeyValue("eachNodeWritesEvery", leaseRenewal)
                    .addKeyValue("appliesTo", "pods made from now on that set no tolerationSeconds")
                    .log("quick fail-over of pods: a network that fails for so long moves pods too");
        }
    }
}
