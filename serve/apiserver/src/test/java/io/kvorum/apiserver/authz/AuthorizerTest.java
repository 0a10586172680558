package io.kvorum.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Decision.Refused;
import io.kvorum.apiserver.cluster.HeldObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizerTest {
    private static final Caller NODE = caller("system:node:h1", "system:nodes");

    private final HeldObjects objects = new HeldObjects();
    private final Authorizer authorizer = new Authorizer(
            objects,
            List.of(new PolicyRule(
                    List.of("get", "list", "watch"), List.of(""), List.of("services"), List.of(), List.of())));

    @BeforeEach
    void start() {
        objects.put(KnownResources.CLUSTER_ROLES, """
                        {'metadata':{'name':'reader'},'rules':[
                          {'verbs':['get','list'],'apiGroups':[''],'resources':['pods','pods/log']},
                          {'verbs':['get'],'apiGroups':[''],'resources':['configmaps'],'resourceNames':['settings']},
                          {'verbs':['patch'],'apiGroups':['apps'],'resources':['*/scale']},
                          {'verbs':['get'],'nonResourceURLs':['/metrics','/debug/*']}]}""")
                .put(KnownResources.ROLES, """
                        {'metadata':{'name':'writer','namespace':'web'},'rules':[
                          {'verbs':['*'],'apiGroups':['*'],'resources':['*']}]}""")
                .put(KnownResources.CLUSTER_ROLE_BINDINGS, """
                        {'metadata':{'name':'readers'},'roleRef':{'kind':'ClusterRole','name':'reader'},
                         'subjects':[{'kind':'User','name':'alice'},{'kind':'Group','name':'staff'}]}""")
                .put(KnownResources.ROLE_BINDINGS, """
                        {'metadata':{'name':'writers','namespace':'web'},'roleRef':{'kind':'Role','name':'writer'},
                         'subjects':[{'kind':'ServiceAccount','name':'deployer'},
                                     {'kind':'ServiceAccount','name':'robot','namespace':'ci'}]}""");
        authorizer.start();
    }

    @AfterEach
    void stop() {
        authorizer.close();
    }

    @ParameterizedTest
    @CsvSource({
        "alice, get,    '',   pods,        '',     web, nginx,    true",
        "alice, get,    '',   pods,        log,    web, nginx,    true",
        "alice, get,    '',   pods,        exec,   web, nginx,    false",
        "alice, delete, '',   pods,        '',     web, nginx,    false",
        "alice, list,   '',   pods,        '',     '',  '',       true",
        "alice, list,   apps, pods,        '',     '',  '',       false",
        "alice, get,    '',   configmaps,  '',     web, settings, true",
        "alice, get,    '',   configmaps,  '',     web, other,    false",
        "alice, get,    '',   configmaps,  '',     web, '',       false",
        "alice, patch,  apps, deployments, scale,  web, d,        true",
        "alice, patch,  apps, deployments, status, web, d,        false",
        "bob,   get,    '',   pods,        '',     web, nginx,    false",
        "system:serviceaccount:web:deployer, delete, apps, deployments, '', web,   d, true",
        "system:serviceaccount:web:deployer, delete, apps, deployments, '', other, d, false",
        "system:serviceaccount:ci:robot,     delete, apps, deployments, '', web,   d, true",
        "system:serviceaccount:web:robot,    delete, apps, deployments, '', web,   d, false",
    })
    void rolesAllowWhatTheirRulesSay(
            String user,
            String verb,
            String group,
            String resource,
            String sub,
            String namespace,
            String name,
            boolean is) {
        assertThat(authorizer
                        .decide(caller(user), new ToResource(verb, group, resource, sub, namespace, name))
                        .isAllowed())
                .isEqualTo(is);
    }

    @ParameterizedTest
    @CsvSource({"/metrics,true", "/metrics/cadvisor,false", "/debug/pprof,true", "/debug,false", "/,false"})
    void urlsMatchWholeOrByPrefix(String path, boolean is) {
        assertThat(authorizer
                        .decide(caller("bob", "staff"), new ToPath("get", path))
                        .isAllowed())
                .isEqualTo(is);
    }

    @Test
    void aRoleThatAggregatesHasTheRulesOfThoseItSelects() {
        objects.put(KnownResources.CLUSTER_ROLES, """
                        {'metadata':{'name':'top'},'aggregationRule':{'clusterRoleSelectors':[{'matchLabels':{'to-top':'true'}}]}}""")
                .put(KnownResources.CLUSTER_ROLES, """
                        {'metadata':{'name':'middle','labels':{'to-top':'true'}},
                         'aggregationRule':{'clusterRoleSelectors':[{'matchLabels':{'to-middle':'true'}}]}}""")
                .put(KnownResources.CLUSTER_ROLES, """
                        {'metadata':{'name':'bottom','labels':{'to-middle':'true'}},
                         'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['secrets']}]}""")
                .put(KnownResources.ROLE_BINDINGS, """
                        {'metadata':{'name':'tops','namespace':'web'},'roleRef':{'kind':'ClusterRole','name':'top'},
                         'subjects':[{'kind':'User','name':'carol'}]}""");
        ToResource secret = new ToResource("get", "", "secrets", "", "web", "s");
        assertThat(authorizer.decide(caller("carol"), secret).isAllowed()).isTrue();
        objects.remove(KnownResources.CLUSTER_ROLES, "", "bottom");
        assertThat(authorizer.decide(caller("carol"), secret).isAllowed()).isFalse();
    }

    @Test
    void aBindingOfAMissingRoleIsNamedInTheRefusal() {
        objects.put(KnownResources.CLUSTER_ROLE_BINDINGS, """
                {'metadata':{'name':'ghosts'},'roleRef':{'kind':'ClusterRole','name':'ghost'},
                 'subjects':[{'kind':'User','name':'dave'}]}""");
        assertThat(authorizer.decide(caller("dave"), new ToPath("get", "/x")))
                .isEqualTo(new Refused("RBAC: clusterrole.rbac.authorization.k8s.io \"ghost\" not found"));
    }

    @Test
    void administratorsMayEverything() {
        assertThat(authorizer
                        .decide(caller("x", "system:masters"), new ToPath("delete", "/anything"))
                        .isAllowed())
                .isTrue();
    }

    @Test
    void aNodeReadsOnlyWhatItsPodsReferTo() {
        ToResource secret = new ToResource("get", "", "secrets", "", "web", "tls");
        assertThat(authorizer.decide(NODE, secret))
                .isEqualTo(new Refused("no relationship found between node 'h1' and this object"));
        putPod("h2");
        assertThat(authorizer.decide(NODE, secret).isAllowed()).isFalse();
        putPod("h1");
        assertThat(authorizer.decide(NODE, secret).isAllowed()).isTrue();
        assertThat(authorizer
                        .decide(NODE, new ToResource("watch", "", "secrets", "", "web", "tls"))
                        .isAllowed())
                .isTrue();
        assertThat(authorizer
                        .decide(NODE, new ToResource("list", "", "secrets", "", "web", ""))
                        .isAllowed())
                .isFalse();
        assertThat(authorizer
                        .decide(NODE, new ToResource("create", "", "serviceaccounts", "token", "web", "runner"))
                        .isAllowed())
                .isTrue();
        objects.remove(KnownResources.PODS, "web", "nginx");
        assertThat(authorizer.decide(NODE, secret).isAllowed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "get,    coordination.k8s.io, leases,   kube-node-lease, h1, true",
        "update, coordination.k8s.io, leases,   kube-node-lease, h2, false",
        "create, coordination.k8s.io, leases,   kube-node-lease, '', true",
        "get,    coordination.k8s.io, leases,   kube-system,     h1, false",
        "get,    storage.k8s.io,      csinodes, '',              h1, true",
        "get,    storage.k8s.io,      csinodes, '',              h2, false",
        "list,   '',                  services, '',              '', true",
        "delete, '',                  services, web,             s,  false"
    })
    void aNodeKeepsToItsOwn(String verb, String group, String resource, String namespace, String name, boolean is) {
        assertThat(authorizer
                        .decide(NODE, new ToResource(verb, group, resource, "", namespace, name))
                        .isAllowed())
                .isEqualTo(is);
    }

    @Test
    void onlyWhatOneHasMayBeGivenAway() {
        PolicyRule own = new PolicyRule(List.of("get", "list"), List.of(""), List.of("pods"), List.of(), List.of());
        PolicyRule named = new PolicyRule(List.of("get"), List.of(""), List.of("pods"), List.of("p"), List.of());
        PolicyRule more = new PolicyRule(List.of("get", "delete"), List.of(""), List.of("pods"), List.of(), List.of());
        assertThat(Escalation.notCovered(List.of(own), List.of(own, named))).isEmpty();
        assertThat(Escalation.notCovered(List.of(named), List.of(own))).hasSize(2);
        assertThat(Escalation.notCovered(List.of(own), List.of(more)))
                .containsExactly(new PolicyRule(List.of("delete"), List.of(""), List.of("pods"), List.of(), List.of()));
    }

    private void putPod(String node) {
        objects.put(KnownResources.PODS, """
                {'metadata':{'name':'nginx','namespace':'web'},'spec':{'nodeName':'%s','serviceAccountName':'runner',
                 'containers':[{'name':'c','envFrom':[{'configMapRef':{'name':'env'}}]}],
                 'volumes':[{'name':'v','secret':{'secretName':'tls'}}]}}""".formatted(node));
    }

    private static Caller caller(String user, String... groups) {
        return new Caller(user, "", List.of(groups), Map.of());
    }
}
