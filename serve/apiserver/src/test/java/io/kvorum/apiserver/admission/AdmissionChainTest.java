package io.kvorum.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.ApiServerConfig;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Authorizer;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.HeldObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class AdmissionChainTest {
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final Caller ADMIN = new Caller("admin", "", List.of("system:masters"), Map.of());
    private static final Caller NODE = new Caller("system:node:h1", "", List.of("system:nodes"), Map.of());

    private final HeldObjects objects = new HeldObjects();
    private final Admission chain = AdmissionChain.standard(
            objects, new Authorizer(objects, List.of()), ApiServerConfig.LostNodes.STANDARD, new Random(1));

    @BeforeEach
    void makeNamespace() {
        objects.put(KnownResources.NAMESPACES, "{'metadata':{'name':'web'}}")
                .put(
                        KnownResources.SERVICE_ACCOUNTS,
                        "{'metadata':{'name':'default','namespace':'web'},'imagePullSecrets':[{'name':'pull'}]}");
    }

    @Test
    void aPodOfNobodyBecomesTheDefaultAccounts() {
        ObjectNode pod = admitPod("", "");
        assertThat(pod.at("/spec/serviceAccountName").asString()).isEqualTo("default");
        assertThat(pod.at("/spec/imagePullSecrets/0/name").asString()).isEqualTo("pull");
        assertThat(pod.at("/spec/volumes/0/name").asString()).matches("kube-api-access-[a-z0-9]{5}");
    }

    @Test
    void aTokenThatIsNotWantedIsNotMounted() {
        assertThat(admitPod("", ",'automountServiceAccountToken':false")
                        .at("/spec")
                        .has("volumes"))
                .isFalse();
    }

    @Test
    void anUnknownAccountIsRefused() {
        assertThatThrownBy(() -> admitPod("", ",'serviceAccountName':'ghost'"))
                .hasMessage("pods \"p\" is forbidden: error looking up service account web/ghost: "
                        + "serviceaccount \"ghost\" not found");
    }

    @Test
    void aPriorityClassBecomesANumber() {
        objects.put(KnownResources.PRIORITY_CLASSES, "{'metadata':{'name':'high'},'value':1000}");
        assertThat(admitPod("", ",'priorityClassName':'high'")
                        .at("/spec/priority")
                        .asInt())
                .isEqualTo(1000);
        assertThatThrownBy(() -> admitPod("", ",'priorityClassName':'low'"))
                .hasMessageContaining("no PriorityClass with name low was found");
    }

    @Test
    void tolerationsOfOnesOwnAreKept() {
        ObjectNode pod = admitPod("", ",'tolerations':[{'key':'node.kubernetes.io/not-ready','operator':'Exists'}]");
        assertThat(pod.at("/spec/tolerations")).hasSize(2);
        assertThat(pod.at("/spec/tolerations/1/key").asString()).isEqualTo("node.kubernetes.io/unreachable");
    }

    @Test
    void limitRangesFillInAndBound() {
        objects.put(
                KnownResources.LIMIT_RANGES,
                "{'metadata':{'name':'l','namespace':'web'},'spec':{'limits':[{'type':'Container','max':{'memory':'1Gi'},"
                        + "'default':{'memory':'512Mi'},'defaultRequest':{'cpu':'100m'}}]}}");
        ObjectNode pod = admitPod("", "");
        assertThat(pod.at("/spec/containers/0/resources/limits/memory").asString())
                .isEqualTo("512Mi");
        assertThat(pod.at("/spec/containers/0/resources/requests/cpu").asString())
                .isEqualTo("100m");
        assertThatThrownBy(() -> admitPod(",'resources':{'limits':{'memory':'2Gi'}}", ""))
                .hasMessageContaining("maximum memory usage per Container is 1Gi, but limit is 2Gi");
    }

    @Test
    void aStandardIsEnforcedWhereALabelAsksForIt() {
        admitPod(",'securityContext':{'privileged':true}", ",'hostNetwork':true");
        objects.put(
                KnownResources.NAMESPACES,
                "{'metadata':{'name':'web','labels':{'pod-security.kubernetes.io/enforce':'baseline'}}}");
        assertThatThrownBy(() -> admitPod(",'securityContext':{'privileged':true}", ",'hostNetwork':true"))
                .hasMessageContaining("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true), "
                        + "privileged (container \"c\")");
        admitPod("", "");
    }

    @Test
    void aClaimWithoutAClassGetsTheNewestDefault() {
        String format = "{'metadata':{'name':'%s','creationTimestamp':'%s','annotations':"
                + "{'storageclass.kubernetes.io/is-default-class':'true'}}}";
        objects.put(KnownResources.STORAGE_CLASSES, format.formatted("old", "2026-01-01T00:00:00Z"))
                .put(KnownResources.STORAGE_CLASSES, format.formatted("new", "2026-02-01T00:00:00Z"));
        ObjectNode claim = HeldObjects.json("{'metadata':{'name':'c'},'spec':{}}");
        admit(Operation.CREATE, KnownResources.VOLUME_CLAIMS, claim, null, ADMIN);
        assertThat(claim.at("/spec/storageClassName").asString()).isEqualTo("new");
        ObjectNode none = HeldObjects.json("{'metadata':{'name':'c'},'spec':{'storageClassName':''}}");
        admit(Operation.CREATE, KnownResources.VOLUME_CLAIMS, none, null, ADMIN);
        assertThat(none.at("/spec/storageClassName").asString()).isEmpty();
    }

    @Test
    void aNamespaceThatGoesAwayTakesNothingNew() {
        objects.put(KnownResources.NAMESPACES, "{'metadata':{'name':'web'},'status':{'phase':'Terminating'}}");
        assertThatThrownBy(() -> admitPod("", "")).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e).hasMessageContaining("because it is being terminated");
            assertThat(e.status().details()).isNotNull();
            assertThat(e.status().toString()).contains("NamespaceTerminating");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "kube-system", "kube-public"})
    void someNamespacesStay(String name) {
        ObjectNode namespace = HeldObjects.json("{'metadata':{'name':'%s'}}".formatted(name));
        assertThatThrownBy(() -> admit(Operation.DELETE, KnownResources.NAMESPACES, null, namespace, ADMIN))
                .hasMessageContaining("this namespace may not be deleted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'metadata':{'name':'h2'},'spec':{}}",
                "{'metadata':{'name':'h1','labels':{'node-restriction.kubernetes.io/zone':'a'}},'spec':{}}",
                "{'metadata':{'name':'h1','labels':{'node-role.kubernetes.io/control-plane':'true'}},'spec':{}}",
                "{'metadata':{'name':'h1'},'spec':{'taints':[{'key':'a','effect':'NoSchedule'}]}}"
            })
    void aNodeCannotBecomeSomethingElse(String changed) {
        ObjectNode next = HeldObjects.json(changed);
        ObjectNode old = HeldObjects.json("{'metadata':{'name':'%s'},'spec':{}}".formatted(Fields.name(next)));
        assertThatThrownBy(() -> admit(Operation.UPDATE, KnownResources.NODES, next, old, NODE))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("forbidden");
    }

    @Test
    void aNodeLabelsItselfAsKubeletsDo() {
        ObjectNode old = HeldObjects.json("{'metadata':{'name':'h1'},'spec':{}}");
        ObjectNode next = HeldObjects.json(
                "{'metadata':{'name':'h1','labels':{'kubernetes.io/hostname':'h1','color':'red'}},'spec':{}}");
        admit(Operation.UPDATE, KnownResources.NODES, next, old, NODE);
        assertThat(next.at("/metadata/labels")).hasSize(2);
    }

    private ObjectNode admitPod(String container, String spec) {
        ObjectNode pod =
                HeldObjects.json("{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'%s}]%s}}"
                        .formatted(container, spec));
        admit(Operation.CREATE, KnownResources.PODS, pod, null, ADMIN);
        return pod;
    }

    private void admit(
            Operation operation,
            GroupVersionResource resource,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old,
            Caller caller) {
        var type = CATALOGUE.resource(resource).orElseThrow();
        ObjectNode either = object == null ? old : object;
        chain.admit(new AdmissionRequest(
                operation,
                type,
                "",
                type.isNamespaced() ? "web" : "",
                either == null ? "" : Fields.name(either),
                object,
                old,
                caller,
                false));
    }
}
