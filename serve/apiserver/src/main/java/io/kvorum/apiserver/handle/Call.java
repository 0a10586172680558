package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.apply.FieldManager;
import io.kvorum.apimachinery.codec.Accepted;
import io.kvorum.apimachinery.codec.FieldValidation;
import io.kvorum.apimachinery.codec.Negotiation;
import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionRequest;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.authz.Authorized;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.http.Exchange;
import io.kvorum.registry.Gate;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Tracking;
import io.kvorum.registry.WriteOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One request to one resource, and what can be read off it; used by the request's thread. */
record Call(Authorized request, Exchange exchange, ResourceType type, Admission admission) {
    /** Carries the term of our own controllers and scheduler. */
    private static final String TERM_HEADER = "Kvorum-Term";

    private static final int MAX_MANAGER = 128;

    RequestInfo info() {
        return request.request();
    }

    /** Empty for a cluster-wide kind. */
    String namespace() {
        return type.isNamespaced() ? info().namespace() : "";
    }

    ObjectPath path() {
        return new ObjectPath(type, namespace(), info().name());
    }

    String parameter(String name) {
        return exchange.query().first(name).orElse("");
    }

    String header(String name) {
        return exchange.requestHeaders().first(name).orElse("");
    }

    Accepted accepted() {
        String accept = header("Accept");
        boolean mayBeProtobuf =
                accept.contains("protobuf") && ProtobufCodec.builtIn().knows(type.schema());
        return Negotiation.answer(accept, true, mayBeProtobuf);
    }

    FieldValidation fieldValidation() {
        return FieldValidation.parse(parameter("fieldValidation"));
    }

    boolean isDryRun() {
        List<String> values = exchange.query().all("dryRun");
        for (String value : values) {
            if (!value.equals("All")) {
                String text = "Unsupported value: \"%s\": supported values: \"All\"".formatted(value);
                throw ApiException.invalid(
                        "CreateOptions",
                        "meta.k8s.io",
                        "",
                        List.of(new Cause("FieldValueNotSupported", text, "dryRun")));
            }
        }
        return !values.isEmpty();
    }

    WriteOptions writing(Operation operation) {
        return writing(operation, isDryRun());
    }

    WriteOptions writing(Operation operation, boolean isDryRun) {
        return new WriteOptions(isDryRun, term(), gate(operation, isDryRun), new Tracking.By(manager()));
    }

    /** Who comes to own the fields that change: whom the caller names, else its program. */
    FieldManager manager() {
        String name = parameter("fieldManager");
        if (name.length() > MAX_MANAGER) {
            throw ApiException.invalid(
                    "PatchOptions",
                    "meta.k8s.io",
                    "",
                    List.of(new Cause(
                            "FieldValueTooLong",
                            "Too long: may not be more than %d bytes".formatted(MAX_MANAGER),
                            "fieldManager")));
        }
        return new FieldManager(name.isEmpty() ? program() : name, info().subresource());
    }

    private String program() {
        String agent = header("User-Agent");
        int end = agent.indexOf('/');
        String program = end < 0 ? agent : agent.substring(0, end);
        return program.isEmpty() ? "unknown" : program.substring(0, Math.min(MAX_MANAGER, program.length()));
    }

    /** The term that the caller leads in, if it says one: its write then fails once that term is over. */
    @Nullable
    Long term() {
        String term = header(TERM_HEADER);
        try {
            return term.isEmpty() ? null : Long.valueOf(term);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest(TERM_HEADER + ": must be a whole number, got \"" + term + "\"");
        }
    }

    private Gate gate(Operation operation, boolean isDryRun) {
        return (object, old) -> admission.admit(new AdmissionRequest(
                operation,
                type,
                info().subresource(),
                namespace(),
                info().name().isEmpty() ? nameOf(object == null ? old : object) : info().name(),
                object,
                old,
                request.caller(),
                isDryRun));
    }

    private static String nameOf(@Nullable ObjectNode object) {
        return object == null ? "" : object.path("metadata").path("name").asString("");
    }

    /** What the selectors ask for; a name in the URL counts as one. */
    Selection selection() {
        String fields = parameter("fieldSelector");
        if (!info().name().isEmpty()) {
            String own = "metadata.name=" + info().name();
            fields = fields.isEmpty() ? own : fields + "," + own;
        }
        if (type.id().group().equals("events.k8s.io")) {
            // They are stored, and so selected, with the core group's names of fields.
            fields = fields.replace("regarding.", "involvedObject.")
                    .replace("reportingController", "reportingComponent");
            return Selection.parse(new GroupVersionResource("", "v1", "events"), parameter("labelSelector"), fields);
        }
        return Selection.parse(type.id(), parameter("labelSelector"), fields);
    }

    /** Tells the caller something beside the answer; must come before the answer. */
    void warn(String text) {
        String quoted = text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace('\n', ' ')
                .replace('\r', ' ');
        exchange.responseHeaders().add("Warning", "299 - \"" + quoted + "\"");
    }

    void warn(List<String> texts) {
        texts.forEach(this::warn);
    }
}
