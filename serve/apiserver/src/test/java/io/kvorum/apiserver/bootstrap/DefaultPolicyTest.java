package io.kvorum.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Authorizer;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.HeldObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class DefaultPolicyTest {
    @Test
    void everyBindingNamesARoleThatIsThere() {
        Set<String> roles = new HashSet<>();
        DefaultPolicy.entries()
                .forEach(entry -> roles.add(entry.object().path("kind").asString() + " "
                        + Fields.namespace(entry.object()) + " " + Fields.name(entry.object())));
        assertThat(roles).hasSameSizeAs(DefaultPolicy.entries());
        DefaultPolicy.entries().stream()
                .map(PolicyFile.Entry::object)
                .filter(object -> object.has("roleRef"))
                .forEach(binding -> assertThat(roles)
                        .contains(binding.path("roleRef").path("kind").asString() + " "
                                + Fields.namespace(binding) + " "
                                + binding.path("roleRef").path("name").asString()));
    }

    @ParameterizedTest
    @CsvSource({
        "system:kube-scheduler,          create, '',    pods,        binding, web, p,  true",
        "system:kube-scheduler,          delete, '',    secrets,     '',      web, s,  false",
        "system:kube-controller-manager, create, '',    pods,        '',      web, '', true",
        "system:kube-controller-manager, update, apps,  deployments, status,  web, d,  true",
        "system:kube-controller-manager, create, '',    nodes,       '',      '',  '', false",
        "system:kube-proxy,              watch,  discovery.k8s.io, endpointslices, '', '', '', true",
        "system:apiserver,               get,    '',    nodes,       proxy,   '',  h1, true",
        "system:serviceaccount:kube-system:coredns, list, '', services, '', '', '', true",
        "somebody,                       create, authorization.k8s.io, selfsubjectaccessreviews, '', '', '', true",
        "somebody,                       list,   '',    pods,        '',      web, '', false"
    })
    void theirOwnRulesLetTheClustersPartsWork(
            String user,
            String verb,
            String group,
            String resource,
            String sub,
            String namespace,
            String name,
            boolean is) {
        Caller caller = new Caller(user, "", List.of("system:authenticated"), Map.of());
        assertThat(authorizer(new HeldObjects())
                        .decide(caller, new ToResource(verb, group, resource, sub, namespace, name))
                        .isAllowed())
                .isEqualTo(is);
    }

    @Test
    void adminEditAndViewAreMadeOfEachOther() {
        HeldObjects objects = new HeldObjects();
        for (String role : List.of("admin", "edit", "view")) {
            objects.put(KnownResources.ROLE_BINDINGS, """
                    {'metadata':{'name':'%s','namespace':'web'},'roleRef':{'kind':'ClusterRole','name':'%s'},
                     'subjects':[{'kind':'User','name':'%s'}]}""".formatted(role, role, role));
        }
        Authorizer authorizer = authorizer(objects);
        assertThat(List.of("admin", "edit", "view"))
                .filteredOn(user -> may(authorizer, user, "list", "", "pods"))
                .containsExactly("admin", "edit", "view");
        assertThat(List.of("admin", "edit", "view"))
                .filteredOn(user -> may(authorizer, user, "create", "apps", "deployments"))
                .containsExactly("admin", "edit");
        assertThat(List.of("admin", "edit", "view"))
                .filteredOn(user -> may(authorizer, user, "create", "rbac.authorization.k8s.io", "roles"))
                .containsExactly("admin");
        assertThat(List.of("admin", "edit", "view"))
                .filteredOn(user -> may(authorizer, user, "get", "", "secrets"))
                .containsExactly("admin", "edit");
    }

    @Test
    void everybodyMayDiscover() {
        Caller caller = new Caller("x", "", List.of("system:authenticated"), Map.of());
        Authorizer authorizer = authorizer(new HeldObjects());
        assertThat(authorizer.decide(caller, new ToPath("get", "/apis/apps/v1")).isAllowed())
                .isTrue();
        assertThat(authorizer.decide(caller, new ToPath("get", "/metrics")).isAllowed())
                .isFalse();
        assertThat(authorizer
                        .decide(Caller.ANONYMOUS, new ToPath("get", "/readyz"))
                        .isAllowed())
                .isTrue();
    }

    @Test
    void whatWasTakenAwayComesBackAndWhatWasAddedStays() {
        ObjectNode wanted = HeldObjects.json("""
                {'metadata':{'name':'r','labels':{'a':'b'},'annotations':{}},
                 'rules':[{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']}]}""");
        ObjectNode current = HeldObjects.json("""
                {'metadata':{'name':'r'},'rules':[{'verbs':['get'],'apiGroups':['','x'],'resources':['pods','nodes']}]}""");
        ObjectNode merged = DefaultPolicy.reconciled(current, wanted);
        assertThat(merged.path("rules")).hasSize(2);
        assertThat(merged.path("rules").path(1).toString()).contains("list").doesNotContain("get");
        assertThat(merged.path("metadata").path("labels").path("a").asString()).isEqualTo("b");
        assertThat(DefaultPolicy.reconciled(merged, wanted)).isEqualTo(merged);
    }

    @Test
    void anObjectMarkedAsLeftAloneIsLeftAlone() {
        ObjectNode wanted =
                HeldObjects.json("{'metadata':{'name':'r'},'rules':[{'verbs':['get'],'nonResourceURLs':['/']}]}");
        ObjectNode current = HeldObjects.json(
                "{'metadata':{'name':'r','annotations':{'rbac.authorization.kubernetes.io/autoupdate':'false'}}}");
        assertThat(DefaultPolicy.reconciled(current, wanted)).isEqualTo(current);
    }

    private static boolean may(Authorizer authorizer, String user, String verb, String group, String resource) {
        Caller caller = new Caller(user, "", List.of(), Map.of());
        return authorizer
                .decide(caller, new ToResource(verb, group, resource, "", "web", ""))
                .isAllowed();
    }

    private static Authorizer authorizer(HeldObjects objects) {
        DefaultPolicy.entries()
                .forEach(entry -> objects.put(entry.resource(), entry.object().toString()));
        Authorizer authorizer = new Authorizer(objects, DefaultPolicy.nodeRules());
        authorizer.start();
        return authorizer;
    }
}
