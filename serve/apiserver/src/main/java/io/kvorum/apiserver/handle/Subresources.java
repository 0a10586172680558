package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.ResourceType.Subresource;
import io.kvorum.apiserver.admission.AdmissionRequest;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.registry.Part;
import io.kvorum.registry.Registry;
import java.io.IOException;
import java.time.InstantSource;
import tools.jackson.databind.node.ObjectNode;

/** The parts of objects that have URLs of their own; any thread. */
final class Subresources {
    private final Registry registry;
    private final Bodies bodies;
    private final Answers answers;
    private final Writing writing;
    private final Reading reading;
    private final Neighbours neighbours;
    private final Scales scales;
    private final Bindings bindings;
    private final Evictions evictions;

    Subresources(
            Registry registry,
            Bodies bodies,
            Answers answers,
            Writing writing,
            Reading reading,
            Neighbours neighbours,
            InstantSource clock) {
        this.registry = registry;
        this.bodies = bodies;
        this.answers = answers;
        this.writing = writing;
        this.reading = reading;
        this.neighbours = neighbours;
        this.scales = new Scales(registry, bodies, answers);
        this.bindings = new Bindings(registry, bodies, answers, clock);
        this.evictions = new Evictions(registry, bodies, answers, clock);
    }

    void handle(Call call) throws IOException {
        Subresource subresource =
                call.type().subresource(call.info().subresource()).orElseThrow(ResourceHandler::noSuchResource);
        switch (subresource.name()) {
            case "status" -> part(call, Part.STATUS);
            case "finalize" -> part(call, Part.FINALIZE);
            case "ephemeralcontainers" -> part(call, Part.EPHEMERAL_CONTAINERS);
            case "resize" -> part(call, Part.RESIZE);
            case "approval" -> part(call, Part.APPROVAL);
            case "scale" -> scales.handle(call);
            case "binding" -> bindings.bind(call, call.info().name());
            case "eviction" -> evictions.evict(call);
            case "token" -> token(call);
            case "log", "exec", "attach", "portforward", "proxy" -> connect(call);
            default -> throw ResourceHandler.noSuchResource();
        }
    }

    /** A Binding posted to its own resource names its pod in its metadata. */
    void bind(Call call) throws IOException {
        if (!call.info().verb().equals("create")) {
            throw ApiException.methodNotAllowed(call.info().verb(), call.type().id());
        }
        bindings.bind(call, "");
    }

    private void part(Call call, Part part) throws IOException {
        switch (call.info().verb()) {
            case "get" -> reading.get(call);
            case "update", "patch" -> writing.change(call, part);
            default ->
                throw ApiException.methodNotAllowed(
                        call.info().verb(), call.type().id());
        }
    }

    private void token(Call call) throws IOException {
        if (!call.info().verb().equals("create")) {
            throw ApiException.methodNotAllowed(call.info().verb(), call.type().id());
        }
        ObjectNode account =
                registry.tree(call.type(), registry.get(call.path()).object());
        answers.tree(call, 201, neighbours.tokens().issue(call.request(), account, bodies.loose(call)));
    }

    private void connect(Call call) throws IOException {
        String subresource = call.info().subresource();
        ObjectNode target = registry.tree(call.type(), registry.get(call.path()).object());
        if (!subresource.equals("log")) {
            call.admission()
                    .admit(new AdmissionRequest(
                            Operation.CONNECT,
                            call.type(),
                            subresource,
                            call.namespace(),
                            call.info().name(),
                            target.deepCopy(),
                            target,
                            call.request().caller(),
                            false));
        }
        neighbours.connections().connect(call.request(), call.exchange(), target);
    }
}
