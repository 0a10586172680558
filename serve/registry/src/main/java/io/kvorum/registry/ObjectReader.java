package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.StoredObject;
import io.kvorum.registry.cache.WatchCache;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads objects: from the watch cache as of now or later, from the store as of an exact revision. Any thread. */
final class ObjectReader {
    /**
     * How long a reader waits for a revision that this replica has not seen yet, upstream's number; and for the present
     * when the leader that was asked is gone: kubectl is often given 5 s.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /**
     * A leader missed for so long will not be back at once, so nobody is kept waiting for it: an election takes less. A
     * reader that asks earlier waits, and sees the present.
     */
    private static final Duration ELECTION = Duration.ofSeconds(2);

    private static final long CHUNK = 1000;
    private static final String EXACT = "Exact";
    private static final String NOT_OLDER = "NotOlderThan";

    private final Store store;
    private final WatchCache cache;
    private final ValueSeal seal;
    private final InstantSource clock;

    ObjectReader(Store store, WatchCache cache, ValueSeal seal, InstantSource clock) {
        this.store = store;
        this.cache = cache;
        this.seal = seal;
        this.clock = clock;
    }

    Sought seek(ObjectPath path, String resourceVersion) {
        Instant staleSince = null;
        if (resourceVersion.isEmpty()) {
            staleSince = catchUp().staleSince();
        } else if (!resourceVersion.equals("0")) {
            cache.await(revision(resourceVersion), PATIENCE);
        }
        List<KeyValue> items = store.range(new Operation.Range(KeyRange.single(path.key())), Consistency.SERIALIZABLE)
                .answer()
                .items();
        return new Sought(items.stream().findFirst().map(this::stored), staleSince);
    }

    /** How far a reader that wants the present may go; {@code staleSince} when there is no quorum to ask. */
    private record Present(Revision revision, @Nullable Instant staleSince) {}

    private Present catchUp() {
        if (store.leaderlessSince()
                .filter(since -> since.plus(ELECTION).isBefore(clock.instant()))
                .isPresent()) {
            return stale();
        }
        try {
            return new Present(store.readBarrier(PATIENCE), null);
        } catch (StoreException.NoQuorum e) {
            return stale();
        }
    }

    private Present stale() {
        return new Present(Revision.ZERO, store.status().lastContact());
    }

    ObjectList list(ResourceType type, ListOptions options) {
        check(options);
        if (!options.continuation().isEmpty()) {
            return nextPage(type, options, ContinueToken.parse(options.continuation()));
        }
        String version = options.resourceVersion();
        boolean isAnything =
                version.equals("0") && !options.resourceVersionMatch().equals(EXACT);
        boolean isExact = options.resourceVersionMatch().equals(EXACT)
                || (options.resourceVersionMatch().isEmpty()
                        && options.limit() > 0
                        && !version.isEmpty()
                        && !isAnything);
        if (isExact) {
            Revision at = revision(version);
            cache.await(at, PATIENCE);
            return fromStore(type, options, at, range(type, options.namespace()).start(), null);
        }
        Instant staleSince = null;
        if (version.isEmpty()) {
            Present present = catchUp();
            staleSince = present.staleSince();
            cache.await(present.revision(), PATIENCE);
        } else if (!isAnything) {
            cache.await(revision(version), PATIENCE);
        }
        return fromCache(type, isAnything ? options.page(0, "") : options, staleSince);
    }

    private static void check(ListOptions options) {
        String match = options.resourceVersionMatch();
        if (match.isEmpty()) {
            return;
        }
        if (!options.continuation().isEmpty()) {
            throw invalid("Forbidden: resourceVersionMatch is forbidden when continue is provided");
        }
        if (options.resourceVersion().isEmpty()) {
            throw invalid("Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        if (!match.equals(EXACT) && !match.equals(NOT_OLDER)) {
            throw invalid("Unsupported value: \"%s\": supported values: \"Exact\", \"NotOlderThan\"".formatted(match));
        }
        if (match.equals(EXACT) && options.resourceVersion().equals("0")) {
            throw invalid("Forbidden: resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    private static ApiException invalid(String message) {
        return ApiException.invalid(
                "ListOptions",
                "meta.k8s.io",
                "",
                List.of(new Cause("FieldValueForbidden", message, "resourceVersionMatch")));
    }

    private static Revision revision(String text) {
        try {
            return new Revision(Long.parseLong(text));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("resourceVersion: Invalid value: \"%s\": must be a number".formatted(text));
        }
    }

    private static KeyRange range(ResourceType type, String namespace) {
        String prefix = type.isNamespaced() && !namespace.isEmpty()
                ? type.storagePrefix() + namespace + "/"
                : type.storagePrefix();
        return KeyRange.prefix(Key.of(prefix));
    }

    private ObjectList fromCache(ResourceType type, ListOptions options, @Nullable Instant staleSince) {
        WatchCache.Objects objects = cache.objects(type);
        KeyRange range = range(type, options.namespace());
        List<StoredObject> items = new ArrayList<>();
        for (StoredObject object : objects.tree().from(range.start(), range.end())) {
            if (options.selection().matches(object.value())) {
                if (options.limit() > 0 && items.size() == options.limit()) {
                    int left = objects.tree().rankOfEnd(range.end())
                            - objects.tree().rank(object.key().bytes());
                    return page(items, objects.revision(), range, options, left, staleSince);
                }
                items.add(object);
            }
        }
        return new ObjectList(items, objects.revision(), "", null, staleSince);
    }

    private static ObjectList page(
            List<StoredObject> items,
            Revision revision,
            KeyRange range,
            ListOptions options,
            long remaining,
            @Nullable Instant staleSince) {
        String token = ContinueToken.behind(items.getLast().key(), range.start(), revision.value())
                .text();
        Long count = options.selection().isEverything() ? remaining : null;
        return new ObjectList(items, revision, token, count, staleSince);
    }

    private ObjectList nextPage(ResourceType type, ListOptions options, ContinueToken token) {
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals("0")) {
            throw ApiException.badRequest("specifying resource version is not allowed when using continue");
        }
        KeyRange range = range(type, options.namespace());
        Present present = catchUp();
        Revision at =
                token.revision() == ContinueToken.NOW ? store.status().revision() : new Revision(token.revision());
        try {
            return fromStore(type, options, at, token.startUnder(range.start()), present.staleSince());
        } catch (StoreException.Compacted e) {
            throw tooOld(token);
        }
    }

    /** Says how the client may go on: with a token that reads whatever is there now. */
    private static ApiException tooOld(ContinueToken token) {
        String now = new ContinueToken(ContinueToken.NOW, token.start()).text();
        return new ApiException(new ApiStatus(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new"
                        + " list without the continue parameter, or use the continue token in this response to"
                        + " retrieve the remainder of the results. Continuing with the provided token results in an"
                        + " inconsistent list - objects that were created, modified, or deleted between the time the"
                        + " first chunk was returned and now may show up in the list.",
                new ApiStatus.Details("", "", "", "", List.of(new Cause("", now, "continue")), 0)));
    }

    private ObjectList fromStore(
            ResourceType type, ListOptions options, Revision at, Bytes start, @Nullable Instant staleSince) {
        KeyRange range = range(type, options.namespace());
        List<StoredObject> items = new ArrayList<>();
        Bytes from = start;
        while (true) {
            long chunk = options.limit() > 0 ? options.limit() - items.size() + 1 : CHUNK;
            var answer = store.range(
                            new Operation.Range(new KeyRange(from, range.end()), at, chunk), Consistency.SERIALIZABLE)
                    .answer();
            long seen = 0;
            for (KeyValue item : answer.items()) {
                StoredObject object = stored(item);
                if (options.selection().matches(object.value())) {
                    if (options.limit() > 0 && items.size() == options.limit()) {
                        return page(items, at, range, options, answer.count() - seen, staleSince);
                    }
                    items.add(object);
                }
                seen++;
                from = item.key().bytes().concat(Bytes.wrap(new byte[1]));
            }
            if (!answer.more()) {
                return new ObjectList(items, at, "", null, staleSince);
            }
        }
    }

    private StoredObject stored(KeyValue item) {
        return new StoredObject(item.key(), ObjectFormat.toJson(seal.open(item.value())), item.modified());
    }

    ObjectWatch watch(ResourceType type, WatchOptions options) {
        KeyRange range = range(type, options.namespace());
        String version = options.resourceVersion();
        boolean isOpen = version.isEmpty() || version.equals("0");
        if (version.isEmpty()) {
            cache.await(catchUp().revision(), PATIENCE);
        } else if (!isOpen) {
            cache.await(revision(version), PATIENCE);
        }
        boolean beginsWithObjects = switch (options.initialEvents()) {
            case AS_THE_VERSION_SAYS -> isOpen;
            case ALWAYS -> true;
            case NEVER -> false;
        };
        if (beginsWithObjects) {
            return cache.watchWithObjects(type, range, options.selection());
        }
        Revision from = isOpen ? cache.objects(type).revision() : revision(version);
        return cache.watchBehind(type, range, options.selection(), from);
    }
}
