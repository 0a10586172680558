package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.table.Tables;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.authz.Authorized;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.apiserver.watch.WatchResponder;
import io.kvorum.http.Exchange;
import io.kvorum.registry.Registry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The verbs on every resource of the catalogue and its subresources; any thread, a virtual one per request. */
public final class ResourceHandler {
    private final Catalogue catalogue;
    private final Admission admission;
    private final Neighbours neighbours;
    private final Reading reading;
    private final Writing writing;
    private final Subresources subresources;
    private final Bodies bodies;
    private final Answers answers;
    private final ComponentStatuses components;

    /** @param chance for the length of watches that name none */
    public ResourceHandler(
            Registry registry,
            Catalogue catalogue,
            Admission admission,
            Neighbours neighbours,
            InstantSource clock,
            RandomGenerator chance) {
        this.catalogue = catalogue;
        this.admission = admission;
        this.neighbours = neighbours;
        this.bodies = new Bodies(catalogue);
        Tables tables = new Tables(clock);
        this.answers = new Answers(registry, tables, clock);
        WatchResponder watches = new WatchResponder(registry, chance);
        this.reading = new Reading(registry, answers, tables, watches);
        this.writing = new Writing(registry, bodies, answers, neighbours.creating());
        this.components = new ComponentStatuses(registry, answers);
        this.subresources = new Subresources(registry, bodies, answers, writing, reading, neighbours, clock);
    }

    /**
     * Answers a request that names a resource.
     *
     * @throws ApiException while nothing has been sent yet; the caller answers with its Status
     */
    public void handle(Authorized request, Exchange exchange) throws IOException {
        Call call = new Call(request, exchange, type(request.request()), admission);
        VirtualResource virtual = neighbours.virtual().get(call.type().id().qualified());
        if (!call.info().subresource().isEmpty()) {
            subresources.handle(call);
        } else if (virtual != null) {
            ask(call, virtual);
        } else if (call.type().id().qualified().equals("bindings")) {
            subresources.bind(call);
        } else {
            byVerb(call);
        }
    }

    private ResourceType type(RequestInfo info) {
        GroupVersionResource resource = info.resource();
        if (resource == null) {
            throw noSuchResource();
        }
        return catalogue.resource(resource).orElseThrow(ResourceHandler::noSuchResource);
    }

    static ApiException noSuchResource() {
        return new ApiException(
                new ApiStatus(404, "NotFound", "the server could not find the requested resource", null));
    }

    private void ask(Call call, VirtualResource virtual) throws IOException {
        if (!call.info().verb().equals("create")) {
            throw ApiException.methodNotAllowed(call.info().verb(), call.type().id());
        }
        answers.tree(call, 201, virtual.create(call.request(), bodies.object(call)));
    }

    /** Whether the verb belongs on this URL: a single object's, or the collection's. */
    private static boolean isPlaced(String verb, String name) {
        return switch (verb) {
            case "update", "patch" -> !name.isEmpty();
            case "create" -> name.isEmpty();
            default -> !verb.isEmpty();
        };
    }

    private static ApiException notAllowedHere() {
        return new ApiException(new ApiStatus(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource", null));
    }

    private void byVerb(Call call) throws IOException {
        String verb = call.info().verb();
        if (!isPlaced(verb, call.info().name())) {
            throw notAllowedHere();
        }
        if (call.type().id().qualified().equals("componentstatuses")) {
            components.handle(call);
            return;
        }
        if (!call.type().verbs().contains(verb) || call.type().storagePrefix().isEmpty()) {
            throw ApiException.methodNotAllowed(verb, call.type().id());
        }
        switch (verb) {
            case "get" -> reading.get(call);
            case "list" -> reading.list(call);
            case "watch" -> reading.watch(call);
            case "create" -> writing.create(call);
            case "update" -> writing.update(call);
            case "patch" -> writing.patch(call);
            case "delete" -> writing.delete(call);
            case "deletecollection" -> writing.deleteCollection(call);
            default -> throw ApiException.methodNotAllowed(verb, call.type().id());
        }
    }
}
