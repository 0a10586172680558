package io.kvorum.apimachinery.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.codec.Encoding;
import io.kvorum.apimachinery.codec.FieldValidation;
import io.kvorum.apimachinery.codec.Limits;
import io.kvorum.apimachinery.codec.ObjectCodec;
import io.kvorum.apimachinery.codec.Target;
import io.kvorum.apimachinery.defaulting.Defaults;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

final class ValidationTest {
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final Validation VALIDATION = new Validation(CATALOGUE);
    private static final ObjectCodec CODEC = new ObjectCodec(CATALOGUE, Limits.UPSTREAM);
    private static final String TEMPLATE =
            "'template':{'metadata':{'labels':{'app':'a'}},'spec':{'containers':[{'name':'a','image':'i:1'}]}}";

    private static ResourceType type(String apiVersion, String plural) {
        return CATALOGUE
                .resource(GroupVersion.parse(apiVersion).resource(plural))
                .orElseThrow();
    }

    /** Reads it strictly and fills in defaults, as a request would. */
    private static ObjectNode read(ResourceType type, String json) {
        ObjectNode object = CODEC.decode(
                        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                        Encoding.JSON,
                        Target.of(type),
                        FieldValidation.STRICT)
                .object();
        Defaults.apply(type, object);
        return object;
    }

    private static List<String> create(String apiVersion, String plural, String json) {
        ResourceType type = type(apiVersion, plural);
        return texts(VALIDATION.create(type, read(type, json)));
    }

    private static List<String> update(String apiVersion, String plural, String before, String after) {
        ResourceType type = type(apiVersion, plural);
        return texts(VALIDATION.update(type, read(type, after), read(type, before)));
    }

    private static List<String> texts(List<io.kvorum.apimachinery.status.ApiStatus.Cause> causes) {
        return causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }

    private static String named(String rest) {
        return "{'metadata':{'name':'a','namespace':'n'}" + (rest.isEmpty() ? "" : "," + rest) + "}";
    }

    private static String pod(String spec) {
        return named("'spec':{" + spec + "}");
    }

    private static List<String> createPod(String spec) {
        return create("v1", "pods", pod(spec));
    }

    @Test
    void aGoodPodHasNoProblems() {
        assertThat(createPod("""
                'containers':[{'name':'a','image':'nginx','ports':[{'containerPort':80,'name':'http'}],
                'env':[{'name':'X','value':'1'},{'name':'Y','valueFrom':{'secretKeyRef':{'name':'s','key':'k'}}}],
                'resources':{'requests':{'cpu':'100m'},'limits':{'cpu':'1','memory':'1Gi'}},
                'livenessProbe':{'httpGet':{'port':'http'}},'volumeMounts':[{'name':'v','mountPath':'/v'}]}],
                'initContainers':[{'name':'i','image':'b'},{'name':'s','image':'c','restartPolicy':'Always','readinessProbe':{'exec':{'command':['x']}}}],
                'volumes':[{'name':'v','emptyDir':{}}],'tolerations':[{'operator':'Exists'}],'nodeSelector':{'a':'b'}""")).isEmpty();
    }

    @Test
    void aPodNeedsNamedContainersWithImages() {
        assertThat(createPod("'containers':[]")).containsExactly("spec.containers: Required value");
        assertThat(createPod("'containers':[{'name':'A b'},{'image':'x'}]"))
                .containsExactly(
                        "spec.containers[0].name: Invalid value: \"A b\": a lowercase RFC 1123 label must consist of lower case"
                                + " alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g."
                                + " 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                        "spec.containers[0].image: Required value",
                        "spec.containers[1].name: Required value");
        assertThat(createPod("'containers':[{'name':'a','image':'x'},{'name':'a','image':'x'}]"))
                .containsExactly("spec.containers[1].name: Duplicate value: \"a\"");
    }

    @Test
    void anUnknownValueNamesTheSupportedOnes() {
        assertThat(createPod("'restartPolicy':'Sometimes','containers':[{'name':'a','image':'x'}]"))
                .containsExactly("spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\","
                        + " \"Never\", \"OnFailure\"");
    }

    @Test
    void portsMountsProbesAndResourcesAreChecked() {
        assertThat(createPod("""
                'containers':[{'name':'a','image':'x','ports':[{'containerPort':70000}],
                'volumeMounts':[{'name':'v','mountPath':'/v'}],'livenessProbe':{'successThreshold':2,'tcpSocket':{'port':1},'exec':{'command':['a']}},
                'resources':{'requests':{'cpu':'2'},'limits':{'cpu':'1','memory':'-1'}}}],
                'volumes':[{'name':'w','configMap':{}}]"""))
                .containsExactly(
                        "spec.volumes[0].configMap.name: Required value",
                        "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                        "spec.containers[0].volumeMounts[0].name: Not found: \"v\"",
                        "spec.containers[0].resources.limits[memory]: Invalid value: \"-1\": must be greater than or equal to 0",
                        "spec.containers[0].resources.requests[memory]: Invalid value: \"-1\": must be greater than or equal to 0",
                        "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
                        "spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
                        "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1");
    }

    @Test
    void namesFollowTheRuleOfTheirKind() {
        assertThat(create("v1", "configmaps", "{'metadata':{'name':'A_b','namespace':'n'}}")
                        .getFirst())
                .startsWith("metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of");
        assertThat(create("rbac.authorization.k8s.io/v1", "clusterroles", "{'metadata':{'name':'system:A_b'}}"))
                .isEmpty();
        assertThat(create("v1", "namespaces", "{'metadata':{'name':'a.b'}}")).hasSize(1);
        assertThat(create("v1", "services", "{'metadata':{'name':'1a','namespace':'n'},'spec':{'ports':[{'port':1}]}}")
                        .getFirst())
                .contains("a DNS-1035 label must consist of");
        assertThat(create("v1", "configmaps", "{'metadata':{'namespace':'n'}}"))
                .containsExactly("metadata.name: Required value: name or generateName is required");
        assertThat(create("v1", "configmaps", "{'metadata':{'generateName':'a-','namespace':'n'}}"))
                .isEmpty();
    }

    @Test
    void theCoreGroupsApiServiceEndsInADot() {
        assertThat(
                        create(
                                "apiregistration.k8s.io/v1",
                                "apiservices",
                                "{'metadata':{'name':'v1.'},'spec':{'version':'v1','groupPriorityMinimum':1,'versionPriority':1}}"))
                .isEmpty();
    }

    @Test
    void aReviewNeedsNoName() {
        assertThat(create(
                        "authorization.k8s.io/v1",
                        "selfsubjectaccessreviews",
                        "{'spec':{'resourceAttributes':{'verb':'get','resource':'pods'}}}"))
                .isEmpty();
    }

    @Test
    void labelsAndAnnotationsFollowTheirSyntax() {
        assertThat(create(
                        "v1",
                        "configmaps",
                        "{'metadata':{'name':'a','namespace':'n','labels':{'-x':'y z'},'annotations':{'a/b/c':''}}}"))
                .hasSize(3)
                .allMatch(text -> text.startsWith("metadata.labels: Invalid value")
                        || text.startsWith("metadata.annotations: Invalid value"));
    }

    @Test
    void ofAPodHardlyAnythingMayChange() {
        String before =
                pod("'containers':[{'name':'a','image':'x:1'}],'tolerations':[{'key':'k','operator':'Exists'}]");

        assertThat(
                        update(
                                "v1",
                                "pods",
                                before,
                                pod(
                                        "'containers':[{'name':'a','image':'x:2'}],'activeDeadlineSeconds':5,'tolerations':[{'key':'k','operator':'Exists'},{'key':'l','operator':'Exists'}]")))
                .isEmpty();
        assertThat(update(
                                "v1",
                                "pods",
                                before,
                                pod(
                                        "'nodeName':'m','containers':[{'name':'a','image':'x:1'}],'tolerations':[{'key':'k','operator':'Exists'}]"))
                        .getFirst())
                .startsWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`");
        assertThat(update("v1", "pods", before, pod("'containers':[{'name':'a','image':'x:1'}]"))
                        .getFirst())
                .startsWith("spec.tolerations: Forbidden: existing toleration can not be modified");
        assertThat(update(
                                "v1",
                                "pods",
                                before,
                                pod("'containers':[{'name':'a','image':'x:1'},{'name':'b','image':'x:1'}]"))
                        .getFirst())
                .startsWith("spec.containers: Forbidden: pod updates may not add or remove containers");
    }

    @Test
    void aSelectorMustMatchItsTemplateAndStays() {
        String good = named("'spec':{'selector':{'matchLabels':{'app':'a'}}," + TEMPLATE + "}");
        String other = named("'spec':{'selector':{'matchLabels':{'app':'b'}}," + TEMPLATE + "}");

        for (String plural : List.of("deployments", "replicasets", "statefulsets", "daemonsets")) {
            assertThat(create("apps/v1", plural, good)).isEmpty();
            assertThat(create("apps/v1", plural, other))
                    .containsExactly(
                            "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`");
            assertThat(create("apps/v1", plural, named("'spec':{" + TEMPLATE + "}")))
                    .containsExactly("spec.selector: Required value");
        }
        assertThat(update("apps/v1", "deployments", good, other).getFirst())
                .isEqualTo("spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"b\"}}: field is immutable");
    }

    @Test
    void aStatefulSetsPodsMayMountItsClaimsAndLittleMayChange() {
        String set =
                "'spec':{'selector':{'matchLabels':{'app':'a'}},'template':{'metadata':{'labels':{'app':'a'}},'spec':{'containers':"
                        + "[{'name':'a','image':'i','volumeMounts':[{'name':'data','mountPath':'/d'}]}]}},'volumeClaimTemplates':[{'metadata':{'name':'data'},"
                        + "'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}]%s}";

        assertThat(create("apps/v1", "statefulsets", named(set.formatted("")))).isEmpty();
        assertThat(update("apps/v1", "statefulsets", named(set.formatted("")), named(set.formatted(",'replicas':3"))))
                .isEmpty();
        assertThat(update(
                                "apps/v1",
                                "statefulsets",
                                named(set.formatted("")),
                                named(set.formatted(",'serviceName':'x'")))
                        .getFirst())
                .startsWith("spec: Forbidden: updates to statefulset spec for fields other than 'replicas'");
    }

    @Test
    void aJobEndsAndItsTemplateStays() {
        String job = "'spec':{'template':{'spec':{'restartPolicy':'%s','containers':[{'name':'a','image':'%s'}]}}}";

        assertThat(create("batch/v1", "jobs", named(job.formatted("Never", "i"))))
                .isEmpty();
        assertThat(create("batch/v1", "jobs", named(job.formatted("Always", "i"))))
                .containsExactly(
                        "spec.template.spec.restartPolicy: Unsupported value: \"Always\": supported values: \"OnFailure\", \"Never\"");
        assertThat(update("batch/v1", "jobs", named(job.formatted("Never", "i")), named(job.formatted("Never", "j")))
                        .getFirst())
                .startsWith("spec.template: Invalid value: ")
                .endsWith(": field is immutable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"* * * * *", "*/5 0-6 1,15 jan-MAR mon", "@hourly", "@every 1h30m", "0 0 ? * 6", "5/10 * * * *"})
    void aScheduleHasFiveFieldsOrAWord(String schedule) {
        assertThat(CronSyntax.problem(schedule)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * *|expected exactly 5 fields, found 4: [* * * *]",
                "60 * * * *|end of range (60) above maximum (59): 60",
                "* * 0 * *|beginning of range (0) below minimum (1): 0",
                "5-1 * * * *|beginning of range (5) beyond end of range (1): 5-1",
                "*/0 * * * *|step of range should be a positive number: */0",
                "x * * * *|failed to parse int from x",
                "@never|unrecognized descriptor: @never"
            })
    void aBadScheduleSaysWhy(String schedule, String problem) {
        assertThat(CronSyntax.problem(schedule)).isEqualTo(Optional.of(problem));
    }

    @Test
    void aCronJobChecksScheduleZoneAndTemplate() {
        String job =
                "'spec':{'schedule':'%s','timeZone':'%s','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'a','image':'i'}]}}}}}";

        assertThat(create("batch/v1", "cronjobs", named(job.formatted("* * * * *", "Europe/Berlin"))))
                .isEmpty();
        assertThat(create("batch/v1", "cronjobs", named(job.formatted("often", "Nowhere/Land"))))
                .containsExactly(
                        "spec.schedule: Invalid value: \"often\": expected exactly 5 fields, found 1: [often]",
                        "spec.timeZone: Invalid value: \"Nowhere/Land\": unknown time zone Nowhere/Land");
    }

    @Test
    void aServiceNeedsDistinctPortsAndKeepsItsAddress() {
        assertThat(create("v1", "services", named("'spec':{}"))).containsExactly("spec.ports: Required value");
        assertThat(create("v1", "services", named("'spec':{'clusterIP':'None'}")))
                .isEmpty();
        assertThat(create(
                        "v1",
                        "services",
                        named("'spec':{'ports':[{'port':80,'nodePort':30000},{'port':80,'name':'b'}]}")))
                .containsExactly(
                        "spec.ports[0].name: Required value",
                        "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
                        "spec.ports[1]: Duplicate value: {\"protocol\":\"TCP\",\"port\":80}");
        assertThat(create("v1", "services", named("'spec':{'type':'ExternalName'}")))
                .containsExactly("spec.externalName: Required value");
        assertThat(update(
                        "v1",
                        "services",
                        named("'spec':{'clusterIP':'10.0.0.1','ports':[{'port':1}]}"),
                        named("'spec':{'clusterIP':'10.0.0.2','ports':[{'port':1}]}")))
                .containsExactly("spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set");
    }

    @Test
    void configMapsHaveGoodKeysAndAnImmutableOneStays() {
        assertThat(create("v1", "configmaps", named("'data':{'bad key':'x'}")).getFirst())
                .startsWith("data[bad key]: Invalid value: \"bad key\": a valid config key must consist of");
        assertThat(create("v1", "configmaps", named("'data':{'a':'" + "x".repeat((1 << 20) + 1) + "'}")))
                .containsExactly(": Too long: may not be more than 1048576 bytes");
        assertThat(update("v1", "configmaps", named("'data':{'a':'1'},'immutable':true"), named("'data':{'a':'2'}")))
                .containsExactly(
                        "immutable: Forbidden: field is immutable when `immutable` is set",
                        "data: Forbidden: field is immutable when `immutable` is set");
    }

    @Test
    void secretsHoldWhatTheirTypeNeeds() {
        assertThat(create("v1", "secrets", named("'stringData':{'a':'b'}"))).isEmpty();
        assertThat(create("v1", "secrets", named("'type':'kubernetes.io/tls','data':{'tls.crt':''}")))
                .containsExactly("data[tls.key]: Required value");
        assertThat(update("v1", "secrets", named("'type':'x'"), named("'type':'y'")))
                .containsExactly("type: Invalid value: \"y\": field is immutable");
    }

    @Test
    void rolesAndBindingsAreComplete() {
        assertThat(
                        create(
                                "rbac.authorization.k8s.io/v1",
                                "roles",
                                named(
                                        "'rules':[{'verbs':[],'apiGroups':[''],'resources':['pods']},{'verbs':['get'],'nonResourceURLs':['/x']}]")))
                .containsExactly(
                        "rules[0].verbs: Required value: verbs must contain at least one value",
                        "rules[1].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource URLs");
        String binding =
                "'roleRef':{'kind':'Role','name':'%s'},'subjects':[{'kind':'ServiceAccount','name':'x'},{'kind':'User','name':'u'}]";
        assertThat(create("rbac.authorization.k8s.io/v1", "rolebindings", named(binding.formatted("r"))))
                .containsExactly("subjects[0].namespace: Required value");
        assertThat(update(
                                "rbac.authorization.k8s.io/v1",
                                "rolebindings",
                                named(binding.formatted("r")),
                                named(binding.formatted("s")))
                        .getFirst())
                .endsWith(": cannot change roleRef");
    }

    @Test
    void aClaimMayOnlyGrow() {
        String claim =
                "{'metadata':{'name':'a','namespace':'n'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'%s'}},'volumeName':'%s'},'status':{'phase':'Bound'}}";

        assertThat(create("v1", "persistentvolumeclaims", claim.formatted("1Gi", "")))
                .isEmpty();
        assertThat(create("v1", "persistentvolumeclaims", named("'spec':{}")))
                .containsExactly(
                        "spec.accessModes: Required value: at least 1 access mode is required",
                        "spec.resources.requests[storage]: Required value");
        assertThat(update("v1", "persistentvolumeclaims", claim.formatted("1Gi", "v"), claim.formatted("2Gi", "v")))
                .isEmpty();
        assertThat(update("v1", "persistentvolumeclaims", claim.formatted("2Gi", "v"), claim.formatted("1Gi", "v")))
                .containsExactly(
                        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity");
        assertThat(update("v1", "persistentvolumeclaims", claim.formatted("1Gi", "v"), claim.formatted("1Gi", "w"))
                        .getFirst())
                .startsWith("spec: Forbidden: spec is immutable after creation except resources.requests");
    }

    @Test
    void anIngressNeedsRulesAndBackends() {
        assertThat(create("networking.k8s.io/v1", "ingresses", named("'spec':{}")))
                .containsExactly("spec: Invalid value: []: either `defaultBackend` or `rules` must be specified");
        assertThat(
                        create(
                                "networking.k8s.io/v1",
                                "ingresses",
                                named(
                                        "'spec':{'rules':[{'host':'*.a.b','http':{'paths':[{'path':'x','pathType':'Prefix','backend':{'service':{'name':'s'}}}]}}]}")))
                .containsExactly(
                        "spec.rules[0].http.paths[0].path: Invalid value: \"x\": must be an absolute path",
                        "spec.rules[0].http.paths[0].backend.service: Required value: port name or number is required");
    }

    @Test
    void theSchemaTellsWhatOtherKindsRequire() {
        assertThat(create("storage.k8s.io/v1", "storageclasses", "{'metadata':{'name':'a'}}"))
                .containsExactly("provisioner: Required value");
        assertThat(create("node.k8s.io/v1", "runtimeclasses", "{'metadata':{'name':'a'},'handler':'runc'}"))
                .isEmpty();
    }

    @Test
    void identityAndFinalizersOfADeletedObjectStay() {
        String before =
                "{'metadata':{'name':'a','namespace':'n','uid':'1','deletionTimestamp':'2026-01-01T00:00:00Z','finalizers':['x.y/z']}}";

        assertThat(update(
                        "v1",
                        "configmaps",
                        before,
                        before.replace("'1'", "'2'").replace("['x.y/z']", "['x.y/z','x.y/n']")))
                .containsExactly(
                        "metadata.uid: Invalid value: \"2\": field is immutable",
                        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new"
                                + " finalizers []string{\"x.y/n\"}");
    }

    @Test
    void clusterWideObjectsHaveNoNamespace() {
        assertThat(create("v1", "nodes", "{'metadata':{'name':'a','namespace':'n'}}"))
                .containsExactly("metadata.namespace: Forbidden: not allowed on this type");
        assertThat(create("v1", "pods", "{'metadata':{'name':'a'},'spec':{'containers':[{'name':'a','image':'x'}]}}"))
                .containsExactly("metadata.namespace: Required value");
        assertThat(Samples.PODS.isNamespaced()).isTrue();
    }
}
