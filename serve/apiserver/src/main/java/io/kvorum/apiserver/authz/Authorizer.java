package io.kvorum.apiserver.authz;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.authn.Authenticated;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Decision.Allowed;
import io.kvorum.apiserver.authz.Decision.Refused;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.http.QueryParameters;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may do what: administrators everything, nodes what their pods need, everybody what RBAC allows. Works on
 * this server's replica, so also without a quorum. Any thread.
 */
public final class Authorizer implements AutoCloseable {
    private static final String ADMINISTRATORS = "system:masters";
    private static final String NAME_FIELD = "metadata.name=";

    private final RbacFeed rbac = new RbacFeed();
    private final NodeFeed nodes = new NodeFeed();
    private final NodeAuthorizer nodeAuthorizer;
    private final ClusterObjects objects;

    /** @param nodeRules what every node may do whatever runs on it */
    public Authorizer(ClusterObjects objects, List<PolicyRule> nodeRules) {
        this.objects = objects;
        this.nodeAuthorizer = new NodeAuthorizer(nodes, objects, nodeRules);
    }

    public void start() {
        rbac.start(objects);
        nodes.start(objects);
    }

    /** Whether it has seen all rules; before, it refuses too much. */
    public boolean isReady() {
        return rbac.isSynced() && nodes.isSynced();
    }

    /** @throws ApiException 403 */
    public Authorized authorize(Authenticated authenticated, QueryParameters query) {
        Access access = access(authenticated.request(), query);
        Decision decision = decide(authenticated.caller(), access);
        return switch (decision) {
            case Allowed allowed -> new AuthorizedRequest(authenticated.request(), authenticated.caller());
            case Refused refused ->
                throw forbidden(
                        authenticated.caller(),
                        authenticated.request().resource(),
                        authenticated.request().name(),
                        access,
                        refused);
        };
    }

    /** @throws ApiException 403 */
    public void require(Caller caller, ToResource access) {
        if (decide(caller, access) instanceof Refused refused) {
            throw forbidden(
                    caller,
                    new GroupVersionResource(access.group(), "", access.resource()),
                    access.name(),
                    access,
                    refused);
        }
    }

    public Decision decide(Caller caller, Access access) {
        if (caller.isIn(ADMINISTRATORS)) {
            return new Allowed("");
        }
        Decision asNode = nodeAuthorizer.decide(caller, access);
        Decision byRbac = asNode.isAllowed() ? asNode : rbac.policy().decide(caller, access);
        if (byRbac instanceof Refused refused && asNode instanceof Refused nodeRefused) {
            return new Refused(Stream.of(nodeRefused.reason(), refused.reason())
                    .filter(reason -> !reason.isEmpty())
                    .collect(Collectors.joining(", ")));
        }
        return byRbac;
    }

    /** Everything RBAC lets the caller do in a namespace, for SelfSubjectRulesReview and escalation checks. */
    public List<PolicyRule> rulesFor(Caller caller, String namespace) {
        return caller.isIn(ADMINISTRATORS)
                ? List.of(
                        new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()),
                        new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*")))
                : rbac.policy().rulesFor(caller, namespace);
    }

    /** The rules of a role; empty when there is no such role. */
    public Optional<List<PolicyRule>> rulesOf(String namespace, boolean isClusterRole, String role) {
        return rbac.policy().rules(new RoleBinding(namespace, "", List.of(), isClusterRole, role));
    }

    private static Access access(RequestInfo request, QueryParameters query) {
        GroupVersionResource resource = request.resource();
        if (resource == null) {
            return new ToPath(request.verb(), request.path());
        }
        return new ToResource(
                request.verb(),
                resource.group(),
                resource.resource(),
                request.subresource(),
                request.namespace(),
                request.name().isEmpty() ? selectedName(query) : request.name());
    }

    /** A list or watch of one object by its name is judged as if it named the object. */
    private static String selectedName(QueryParameters query) {
        return query.first("fieldSelector").stream()
                .flatMap(selector -> Stream.of(selector.split(",")))
                .filter(term -> term.startsWith(NAME_FIELD))
                .map(term -> term.substring(NAME_FIELD.length()))
                .map(name -> name.startsWith("=") ? name.substring(1) : name)
                .filter(name -> !name.contains("/") && !name.contains("%") && !name.equals(".") && !name.equals(".."))
                .findFirst()
                .orElse("");
    }

    private static ApiException forbidden(
            Caller caller, @Nullable GroupVersionResource resource, String name, Access access, Refused refused) {
        String why = "User \"%s\" cannot %s".formatted(caller.user(), describe(access));
        String text = refused.reason().isEmpty() ? why : why + ": " + refused.reason();
        return resource == null
                ? new ApiException(new ApiStatus(403, "Forbidden", "forbidden: " + text, null))
                : ApiException.forbidden(resource, name, text);
    }

    private static String describe(Access access) {
        return switch (access) {
            case ToPath to -> "%s path \"%s\"".formatted(to.verb(), to.path());
            case ToResource to ->
                "%s resource \"%s\" in API group \"%s\" %s"
                        .formatted(
                                to.verb(),
                                to.qualified(),
                                to.group(),
                                to.namespace().isEmpty()
                                        ? "at the cluster scope"
                                        : "in the namespace \"%s\"".formatted(to.namespace()));
        };
    }

    @Override
    public void close() {
        rbac.close();
        nodes.close();
    }
}
