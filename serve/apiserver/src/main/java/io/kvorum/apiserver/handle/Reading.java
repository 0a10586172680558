package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.codec.Accepted;
import io.kvorum.apimachinery.codec.MetadataOnly;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.table.IncludeObject;
import io.kvorum.apimachinery.table.Tables;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.watch.EventEncoding;
import io.kvorum.apiserver.watch.WatchResponder;
import io.kvorum.registry.ListOptions;
import io.kvorum.registry.Registry;
import io.kvorum.registry.Sought;
import io.kvorum.registry.WatchOptions;
import io.kvorum.registry.WatchOptions.InitialEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The verbs get, list and watch; any thread. */
final class Reading {
    private final Registry registry;
    private final Answers answers;
    private final Tables tables;
    private final WatchResponder watches;

    Reading(Registry registry, Answers answers, Tables tables, WatchResponder watches) {
        this.registry = registry;
        this.answers = answers;
        this.tables = tables;
        this.watches = watches;
    }

    void get(Call call) throws IOException {
        Sought sought = registry.seek(call.path(), call.parameter("resourceVersion"));
        answers.staleness(call, sought.staleSince());
        answers.object(call, 200, sought.object().orElseThrow(() -> call.path().notFound()));
    }

    void list(Call call) throws IOException {
        answers.list(call, registry.list(call.type(), options(call)));
    }

    static ListOptions options(Call call) {
        return new ListOptions(
                call.namespace(),
                call.selection(),
                number(call, "limit"),
                call.parameter("continue"),
                call.parameter("resourceVersion"),
                call.parameter("resourceVersionMatch"));
    }

    private static long number(Call call, String name) {
        String text = call.parameter(name);
        try {
            return text.isEmpty() ? 0 : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("%s: must be a whole number, got \"%s\"".formatted(name, text));
        }
    }

    void watch(Call call) throws IOException {
        InitialEvents initial = initialEvents(call);
        boolean wantsBookmarks = call.exchange().query().flag("allowWatchBookmarks");
        long seconds = number(call, "timeoutSeconds");
        watches.respond(
                call.exchange(),
                call.type(),
                new WatchOptions(call.namespace(), call.selection(), call.parameter("resourceVersion"), initial),
                encoding(call),
                new WatchResponder.Terms(
                        seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)),
                        wantsBookmarks,
                        wantsBookmarks && initial == InitialEvents.ALWAYS));
    }

    private static InitialEvents initialEvents(Call call) {
        String match = call.parameter("resourceVersionMatch");
        Optional<String> asked = call.exchange().query().first("sendInitialEvents");
        if (asked.isEmpty()) {
            if (!match.isEmpty()) {
                throw forbidden(
                        "resourceVersionMatch",
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            }
            return InitialEvents.AS_THE_VERSION_SAYS;
        }
        if (!match.equals("NotOlderThan")) {
            throw forbidden(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        return call.exchange().query().flag("sendInitialEvents") ? InitialEvents.ALWAYS : InitialEvents.NEVER;
    }

    private static ApiException forbidden(String field, String why) {
        return ApiException.invalid(
                "ListOptions",
                "meta.k8s.io",
                "",
                List.of(new Cause("FieldValueForbidden", "Forbidden: " + why, field)));
    }

    private EventEncoding encoding(Call call) {
        Accepted accepted = call.accepted();
        return switch (accepted.representation()) {
            case OBJECT -> new EventEncoding.Plain(accepted.encoding());
            case METADATA, METADATA_LIST ->
                new EventEncoding.Transformed(
                        accepted.encoding(),
                        new FormKey(call.type().id(), "metadata", accepted.metaVersion()),
                        (object, isFirst) -> MetadataOnly.of(object, accepted.metaVersion()));
            case TABLE -> {
                IncludeObject include = Answers.include(call);
                yield new EventEncoding.Transformed(
                        accepted.encoding(),
                        new FormKey(call.type().id(), "table " + include, accepted.metaVersion()),
                        (object, isFirst) ->
                                tables.ofEvent(call.type(), object, include, accepted.metaVersion(), isFirst));
            }
        };
    }

    /** Names a form that events are kept in for all watchers that want it. */
    private record FormKey(GroupVersionResource resource, String form, String version) {}
}
