package io.kvorum.client;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes core/v1 Events about objects: repeated ones raise a count, one object gets at most a burst of 25 and then one
 * per 5 minutes. {@link #record} never blocks: when 1000 wait to be written, further ones are dropped. Any thread.
 */
public final class EventRecorder implements AutoCloseable {
    public static final String NORMAL = "Normal";
    public static final String WARNING = "Warning";

    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final int WAITING = 1000;
    private static final int REMEMBERED = 1024;
    private static final double BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);
    private static final int MESSAGE_CHARS = 1024;

    private record Happening(ObjectReference about, String type, String reason, String message, Instant at) {}

    private record Sameness(String uid, String kind, String type, String reason, String message) {}

    private record Written(ObjectKey key, int count, Instant first) {}

    private record Tokens(double left, Instant at) {}

    private final ObjectApi api;
    private final String component;
    private final String host;
    private final InstantSource clock;
    private final BlockingQueue<Happening> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Map<Sameness, Written> written = newest();
    private final Map<String, Tokens> tokens = newest();
    private final Thread writer;
    private volatile boolean closed;

    public EventRecorder(ObjectApi api, String component, String host, InstantSource clock) {
        this.api = api;
        this.component = component;
        this.host = host;
        this.clock = clock;
        this.writer = Thread.ofVirtual().name("events-" + component).start(this::write);
    }

    public void normal(HasMetadata about, String reason, String message) {
        record(reference(about), NORMAL, reason, message);
    }

    public void warning(HasMetadata about, String reason, String message) {
        record(reference(about), WARNING, reason, message);
    }

    public void record(ObjectReference about, String type, String reason, String message) {
        String text = message.length() > MESSAGE_CHARS ? message.substring(0, MESSAGE_CHARS) : message;
        waiting.offer(new Happening(about, type, reason, text, clock.instant()));
    }

    public static ObjectReference reference(HasMetadata about) {
        return new ObjectReferenceBuilder()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .withResourceVersion(about.getMetadata().getResourceVersion())
                .build();
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
    }

    private void write() {
        while (!closed) {
            try {
                Happening next = waiting.poll(1, TimeUnit.MINUTES);
                if (next != null && isAllowed(next)) {
                    write(next);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // an event is not worth more than this attempt
                if (!closed) {
                    LOG.atDebug()
                            .addKeyValue("component", component)
                            .setCause(e)
                            .log("an event could not be written");
                }
            }
        }
    }

    private boolean isAllowed(Happening happening) {
        String source = happening.about.getKind() + happening.about.getUid();
        Tokens before = tokens.getOrDefault(source, new Tokens(BURST, happening.at));
        double refilled = Duration.between(before.at, happening.at).toMillis() / (double) REFILL.toMillis();
        double left = Math.min(BURST, before.left + Math.max(0, refilled));
        tokens.put(source, new Tokens(Math.max(0, left - 1), happening.at));
        return left >= 1;
    }

    private void write(Happening happening) {
        String uid = happening.about.getUid() == null ? happening.about.getName() : happening.about.getUid();
        var sameness =
                new Sameness(uid, happening.about.getKind(), happening.type, happening.reason, happening.message);
        @Nullable Written before = written.get(sameness);
        if (before != null && raiseCount(before, happening)) {
            written.put(sameness, new Written(before.key, before.count + 1, before.first));
        } else {
            Event event = api.create(event(happening));
            written.put(sameness, new Written(ObjectKey.of(event), 1, happening.at));
        }
    }

    private boolean raiseCount(Written before, Happening happening) {
        String patch = "{\"count\":%d,\"lastTimestamp\":\"%s\"}".formatted(before.count + 1, text(happening.at));
        try {
            return api.mergePatch(Event.class, before.key, patch).isPresent();
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private Event event(Happening happening) {
        String namespace = happening.about.getNamespace() == null ? "default" : happening.about.getNamespace();
        String suffix = Long.toHexString(happening.at.getEpochSecond() * 1_000_000_000L + happening.at.getNano());
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(happening.about.getName() + "." + suffix)
                .endMetadata()
                .withInvolvedObject(happening.about)
                .withType(happening.type)
                .withReason(happening.reason)
                .withMessage(happening.message)
                .withFirstTimestamp(text(happening.at))
                .withLastTimestamp(text(happening.at))
                .withCount(1)
                .withNewSource(component, host.isEmpty() ? null : host)
                .withReportingComponent(component)
                .withReportingInstance(host)
                .build();
    }

    private static String text(Instant at) {
        return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.SECONDS));
    }

    private static <K, V> Map<K, V> newest() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }
}
