package io.kvorum.kubelet.image;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.cri.runtime.Image;
import io.kvorum.kubelet.desired.ClusterObjects;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Brings images to the node as each container's pull policy wants it. Any thread; pulls run on threads of their own, two at
 * a time, so that a slow registry never blocks a pod.
 */
public final class ImagePulls {
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);
    /** How long a registry may take when the image is on the node anyway. */
    private static final Duration PATIENCE_WITH_SPARE = Duration.ofSeconds(10);

    private record Wish(String podUid, String container, String image) {}

    /** Where a pull stands; {@code failures} counts those in a row. */
    private sealed interface Pull {
        record Running(int failures) implements Pull {}

        record Done(String how) implements Pull {}

        record Failed(String message, int failures, Instant retryAt, boolean told) implements Pull {}
    }

    private final CriClient cri;
    private final PullCredentials credentials;
    private final Duration deadline;
    private final InstantSource clock;
    private final Semaphore turns = new Semaphore(2);
    /** One per container of this node's pods at most; dropped when answered or with the pod. */
    private final Map<Wish, Pull> pulls = new ConcurrentHashMap<>();

    public ImagePulls(CriClient cri, ClusterObjects objects, Duration deadline, InstantSource clock) {
        this.cri = cri;
        this.credentials = new PullCredentials(objects);
        this.deadline = deadline;
        this.clock = clock;
    }

    /** Never blocks on a registry; {@code whenDone} is called from the pull's thread. */
    public ImageAnswer require(Pod pod, Container container, PullListener whenDone) {
        String image = container.getImage();
        Wish wish = new Wish(pod.getMetadata().getUid(), container.getName(), image);
        Pull standing = pulls.get(wish);
        if (standing == null) {
            return begin(pod, container, wish, whenDone, 0);
        }
        return switch (standing) {
            case Pull.Running _ -> new ImageAnswer.Underway();
            case Pull.Done done -> {
                pulls.remove(wish);
                yield new ImageAnswer.Ready(done.how());
            }
            case Pull.Failed failed when clock.instant().isBefore(failed.retryAt()) -> answer(wish, failed);
            case Pull.Failed failed -> begin(pod, container, wish, whenDone, failed.failures());
        };
    }

    /** Told when a pull begins and ends. */
    public interface PullListener {
        void began(String message);

        void ended();
    }

    private ImageAnswer answer(Wish wish, Pull.Failed failed) {
        if (!failed.told()) {
            pulls.put(wish, new Pull.Failed(failed.message(), failed.failures(), failed.retryAt(), true));
            return new ImageAnswer.Missing(
                    "ErrImagePull", failed.message(), clock.instant().plusSeconds(2));
        }
        return new ImageAnswer.Missing(
                "ImagePullBackOff",
                "Back-off pulling image \"%s\": ErrImagePull: %s".formatted(wish.image(), failed.message()),
                failed.retryAt());
    }

    private ImageAnswer begin(Pod pod, Container container, Wish wish, PullListener whenDone, int failures) {
        if (!ImageName.isValid(wish.image())) {
            return new ImageAnswer.Missing(
                    "InvalidImageName",
                    "Failed to apply default image tag \"%1$s\": couldn't parse image name \"%1$s\": invalid reference format"
                            .formatted(wish.image()),
                    clock.instant().plus(FIRST_BACKOFF));
        }
        Optional<Image> present = cri.imageStatus(wish.image());
        String policy = policyOf(container);
        if (present.isPresent() && !policy.equals("Always")) {
            return new ImageAnswer.Ready("Container image \"%s\" already present on machine".formatted(wish.image()));
        }
        if (policy.equals("Never")) {
            return new ImageAnswer.Missing(
                    "ErrImageNeverPull",
                    "Container image \"%s\" is not present with pull policy of Never".formatted(wish.image()),
                    clock.instant().plus(FIRST_BACKOFF));
        }
        pulls.put(wish, new Pull.Running(failures));
        whenDone.began("Pulling image \"" + wish.image() + "\"");
        Thread.ofVirtual().name("pull-" + wish.image()).start(() -> {
            pulls.put(wish, pull(pod, wish.image(), present, failures));
            whenDone.ended();
        });
        return new ImageAnswer.Underway();
    }

    private Pull pull(Pod pod, String image, Optional<Image> present, int failures) {
        Instant start = clock.instant();
        boolean imported =
                present.filter(there -> there.getRepoDigestsCount() == 0).isPresent();
        boolean turn = false;
        try {
            turns.acquire();
            turn = true;
            cri.pullImage(image, credentials.of(pod, image), imported ? PATIENCE_WITH_SPARE : deadline);
            long millis = Duration.between(start, clock.instant()).toMillis();
            return new Pull.Done("Successfully pulled image \"%s\" in %dms".formatted(image, millis));
        } catch (CriException failure) {
            if (imported) {
                // An archive put on this node for lack of a registry must not be useless for lack of a registry.
                return new Pull.Done("Registry of image \"%s\" cannot be used, taking the imported one on this machine"
                        .formatted(image));
            }
            return failed(image, failure.reason(), failures);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return failed(image, "interrupted", failures);
        } catch (RuntimeException failure) {
            return failed(image, String.valueOf(failure.getMessage()), failures);
        } finally {
            if (turn) {
                turns.release();
            }
        }
    }

    private Pull failed(String image, String why, int failures) {
        Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures, 10));
        Duration bounded = backoff.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff;
        return new Pull.Failed(
                "failed to pull and unpack image \"%s\": %s".formatted(image, why),
                failures + 1,
                clock.instant().plus(bounded),
                false);
    }

    static String policyOf(Container container) {
        if (container.getImagePullPolicy() != null
                && !container.getImagePullPolicy().isEmpty()) {
            return container.getImagePullPolicy();
        }
        String name = container.getImage().substring(container.getImage().lastIndexOf('/') + 1);
        return name.endsWith(":latest") || (!name.contains(":") && !name.contains("@")) ? "Always" : "IfNotPresent";
    }

    public void forget(String podUid) {
        pulls.keySet().removeIf(wish -> wish.podUid().equals(podUid));
    }
}
