package io.kvorum.apimachinery.defaulting;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

final class DefaultsTest {
    private static ObjectNode defaulted(String group, String kind, String plural, String json) {
        ObjectNode object = Samples.json(json);
        Defaults.apply(Samples.type(group, "v1", kind, plural, "", true), object);
        return object;
    }

    @Test
    void aPodGetsWhatKubectlShows() {
        assertThat(defaulted(
                        "",
                        "Pod",
                        "pods",
                        "{'spec':{'containers':[{'name':'web','image':'nginx','ports':[{'containerPort':80}]}]}}"))
                .isEqualTo(Samples.json("""
                        {'spec':{'containers':[{'name':'web','image':'nginx','ports':[{'containerPort':80,'protocol':'TCP'}],
                        'imagePullPolicy':'Always','terminationMessagePath':'/dev/termination-log',
                        'terminationMessagePolicy':'File','resources':{}}],'restartPolicy':'Always',
                        'terminationGracePeriodSeconds':30,'dnsPolicy':'ClusterFirst','schedulerName':'default-scheduler',
                        'securityContext':{},'enableServiceLinks':true}}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, Always",
        "nginx:latest, Always",
        "nginx:1.27, IfNotPresent",
        "registry:5000/nginx, Always",
        "registry:5000/nginx:1, IfNotPresent",
        "nginx@sha256:abcd, IfNotPresent",
        "nginx:latest@sha256:abcd, Always"
    })
    void imagesThatMayMoveAreAlwaysPulled(String image, String policy) {
        assertThat(ContainerDefaults.pullPolicy(image)).isEqualTo(policy);
    }

    @Test
    void probesAndVolumesAreFilled() {
        ObjectNode pod = defaulted("", "Pod", "pods", """
                {'spec':{'containers':[{'image':'a:1','livenessProbe':{'httpGet':{'port':80},'periodSeconds':5},
                'env':[{'name':'N','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]}],
                'volumes':[{'name':'a'},{'name':'b','configMap':{'name':'c'}},{'name':'h','hostPath':{'path':'/x'}},
                {'name':'p','projected':{'sources':[{'serviceAccountToken':{'path':'t'}}]}}]}}""");

        assertThat(pod.at("/spec/containers/0/livenessProbe"))
                .isEqualTo(Samples.json("{'httpGet':{'port':80,'path':'/','scheme':'HTTP'},'periodSeconds':5,"
                        + "'timeoutSeconds':1,'successThreshold':1,'failureThreshold':3}"));
        assertThat(pod.at("/spec/containers/0/env/0/valueFrom/fieldRef/apiVersion")
                        .stringValue())
                .isEqualTo("v1");
        assertThat(pod.at("/spec/volumes").toString().replace('"', '\''))
                .isEqualTo("[{'name':'a','emptyDir':{}},{'name':'b','configMap':{'name':'c','defaultMode':420}},"
                        + "{'name':'h','hostPath':{'path':'/x','type':''}},{'name':'p','projected':{'sources':"
                        + "[{'serviceAccountToken':{'path':'t','expirationSeconds':3600}}],'defaultMode':420}}]");
    }

    @Test
    void limitsBecomeRequestsAndHostNetworkPortsHostPorts() {
        ObjectNode pod = defaulted(
                "",
                "Pod",
                "pods",
                "{'spec':{'hostNetwork':true,'serviceAccountName':'x','containers':"
                        + "[{'image':'a','ports':[{'containerPort':80}],'resources':{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'500m'}}}]}}");

        assertThat(pod.at("/spec/containers/0/resources/requests"))
                .isEqualTo(Samples.json("{'cpu':'500m','memory':'1Gi'}"));
        assertThat(pod.at("/spec/containers/0/ports/0/hostPort").intValue()).isEqualTo(80);
        assertThat(pod.at("/spec/serviceAccount").stringValue()).isEqualTo("x");
    }

    @Test
    void aDeploymentRollsByQuarters() {
        ObjectNode deployment = defaulted(
                "apps", "Deployment", "deployments", "{'spec':{'template':{'spec':{'containers':[{'image':'a'}]}}}}");

        assertThat(deployment.at("/spec/strategy"))
                .isEqualTo(Samples.json(
                        "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%','maxSurge':'25%'}}"));
        assertThat(deployment.at("/spec/replicas").intValue()).isEqualTo(1);
        assertThat(deployment.at("/spec/template/spec/restartPolicy").stringValue())
                .isEqualTo("Always");
        assertThat(deployment.at("/spec/template/spec").has("enableServiceLinks"))
                .isFalse();
    }

    @Test
    void aRecreatedDeploymentHasNoRollingUpdate() {
        assertThat(defaulted("apps", "Deployment", "deployments", "{'spec':{'strategy':{'type':'Recreate'}}}")
                        .at("/spec/strategy"))
                .isEqualTo(Samples.json("{'type':'Recreate'}"));
    }

    @Test
    void aServiceForwardsToItsOwnPort() {
        assertThat(defaulted("", "Service", "services", "{'spec':{'type':'NodePort','ports':[{'port':80}]}}"))
                .isEqualTo(
                        Samples.json(
                                "{'spec':{'type':'NodePort','ports':[{'port':80,'protocol':'TCP','targetPort':80}],"
                                        + "'sessionAffinity':'None','externalTrafficPolicy':'Cluster','internalTrafficPolicy':'Cluster'}}"));
    }

    @Test
    void plainTextOfASecretMovesIntoItsData() {
        assertThat(defaulted("", "Secret", "secrets", "{'data':{'a':'eA=='},'stringData':{'b':'y'}}"))
                .isEqualTo(Samples.json("{'data':{'a':'eA==','b':'eQ=='},'type':'Opaque'}"));
    }

    @Test
    void aJobRunsOnceAndSelectsByItsUid() {
        ObjectNode job =
                defaulted("batch", "Job", "jobs", "{'metadata':{'name':'j','uid':'u'},'spec':{'template':{}}}");
        JobSelector.generate(job);

        assertThat(job.at("/spec/completions").intValue()).isEqualTo(1);
        assertThat(job.at("/spec/backoffLimit").intValue()).isEqualTo(6);
        assertThat(job.at("/spec/selector"))
                .isEqualTo(Samples.json("{'matchLabels':{'batch.kubernetes.io/controller-uid':'u'}}"));
        assertThat(job.at("/spec/template/metadata/labels/job-name").stringValue())
                .isEqualTo("j");
    }

    @Test
    void aNetworkPolicyWithEgressRulesConcernsBothDirections() {
        assertThat(defaulted(
                                "networking.k8s.io",
                                "NetworkPolicy",
                                "networkpolicies",
                                "{'spec':{'egress':[{'ports':[{'port':53}]}]}}")
                        .at("/spec"))
                .isEqualTo(Samples.json(
                        "{'egress':[{'ports':[{'port':53,'protocol':'TCP'}]}],'policyTypes':['Ingress','Egress']}"));
    }

    @Test
    void defaultsAreStable() {
        String json =
                "{'metadata':{'name':'n'},'spec':{'template':{'spec':{'containers':[{'image':'a','livenessProbe':{}}],'volumes':[{}]}}}}";
        for (String plural : new String[] {"deployments", "statefulsets", "daemonsets", "replicasets"}) {
            ObjectNode once = defaulted("apps", "", plural, json);
            ObjectNode twice = once.deepCopy();
            Defaults.apply(Samples.type("apps", "v1", "", plural, "", true), twice);
            assertThat(twice).isEqualTo(once);
        }
    }

    @Test
    void wrongFormsAreLeftForValidation() {
        assertThat(defaulted("apps", "Deployment", "deployments", "{'spec':'x'}"))
                .isEqualTo(Samples.json("{'spec':'x'}"));
    }
}
