package io.kvorum.apiserver.handle;

import io.kvorum.apiserver.authz.Authorized;
import io.kvorum.http.Exchange;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** Passes a request on to a node, pod or service: log, exec, attach, port-forward and proxy; any thread. */
@FunctionalInterface
public interface ConnectHandler {
    /** @param target the Pod, Node or Service as stored */
    void connect(Authorized request, Exchange exchange, ObjectNode target) throws IOException;
}
