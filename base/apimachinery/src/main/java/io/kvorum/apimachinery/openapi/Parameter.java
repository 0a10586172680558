package io.kvorum.apimachinery.openapi;

import java.util.List;

/** What can stand in a request's path and query. */
enum Parameter {
    NAME("name", true, "string", "name of the object"),
    NAMESPACE("namespace", true, "string", "name of the object's namespace"),
    PATH("path", true, "string", "what to ask the target for"),
    PRETTY("pretty", false, "string", "\"true\" indents the answer"),
    ALLOW_WATCH_BOOKMARKS(
            "allowWatchBookmarks", false, "boolean", "a watch may send bookmarks, which tell how far it has come"),
    CONTINUE("continue", false, "string", "the mark of the page before, to go on behind it"),
    FIELD_SELECTOR("fieldSelector", false, "string", "chooses objects by their fields; all by default"),
    LABEL_SELECTOR("labelSelector", false, "string", "chooses objects by their labels; all by default"),
    LIMIT("limit", false, "integer", "the most objects of one page"),
    RESOURCE_VERSION("resourceVersion", false, "string", "the state to read, or to watch from"),
    RESOURCE_VERSION_MATCH(
            "resourceVersionMatch", false, "string", "how resourceVersion is meant: Exact or NotOlderThan"),
    SEND_INITIAL_EVENTS(
            "sendInitialEvents", false, "boolean", "a watch begins with the objects that are already there"),
    TIMEOUT_SECONDS("timeoutSeconds", false, "integer", "when the call ends, whatever it does"),
    WATCH("watch", false, "boolean", "stream what happens instead of listing what is"),
    DRY_RUN("dryRun", false, "string", "All: do everything but store the result"),
    FIELD_MANAGER("fieldManager", false, "string", "who is recorded as the owner of the changed fields"),
    FIELD_VALIDATION(
            "fieldValidation", false, "string", "what becomes of unknown and double fields: Ignore, Warn or Strict"),
    FORCE("force", false, "boolean", "an apply takes over fields that others own"),
    GRACE_PERIOD_SECONDS("gracePeriodSeconds", false, "integer", "how long the object may take to end; 0 for at once"),
    IGNORE_READ_ERROR(
            "ignoreStoreReadErrorWithClusterBreakingPotential",
            false,
            "boolean",
            "delete even what cannot be read from the store"),
    ORPHAN_DEPENDENTS("orphanDependents", false, "boolean", "older spelling of propagationPolicy=Orphan"),
    PROPAGATION_POLICY(
            "propagationPolicy", false, "string", "what becomes of dependents: Orphan, Background or Foreground");

    static final List<Parameter> OF_LIST = List.of(
            ALLOW_WATCH_BOOKMARKS,
            CONTINUE,
            FIELD_SELECTOR,
            LABEL_SELECTOR,
            LIMIT,
            RESOURCE_VERSION,
            RESOURCE_VERSION_MATCH,
            SEND_INITIAL_EVENTS,
            TIMEOUT_SECONDS,
            WATCH);
    static final List<Parameter> OF_WRITE = List.of(DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION);
    static final List<Parameter> OF_PATCH = List.of(DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION, FORCE);
    static final List<Parameter> OF_DELETE =
            List.of(DRY_RUN, GRACE_PERIOD_SECONDS, IGNORE_READ_ERROR, ORPHAN_DEPENDENTS, PROPAGATION_POLICY);
    static final List<Parameter> OF_DELETE_COLLECTION = List.of(
            CONTINUE,
            DRY_RUN,
            FIELD_SELECTOR,
            GRACE_PERIOD_SECONDS,
            IGNORE_READ_ERROR,
            LABEL_SELECTOR,
            LIMIT,
            ORPHAN_DEPENDENTS,
            PROPAGATION_POLICY,
            RESOURCE_VERSION,
            RESOURCE_VERSION_MATCH,
            SEND_INITIAL_EVENTS,
            TIMEOUT_SECONDS);

    private final String text;
    private final boolean isInPath;
    private final String type;
    private final String description;

    Parameter(String text, boolean isInPath, String type, String description) {
        this.text = text;
        this.isInPath = isInPath;
        this.type = type;
        this.description = description;
    }

    String text() {
        return text;
    }

    boolean isInPath() {
        return isInPath;
    }

    String type() {
        return type;
    }

    String description() {
        return description;
    }
}
