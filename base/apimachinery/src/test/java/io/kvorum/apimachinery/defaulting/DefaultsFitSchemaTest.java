package io.kvorum.apimachinery.defaulting;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.codec.FieldValidation;
import io.kvorum.apimachinery.codec.Limits;
import io.kvorum.apimachinery.codec.ObjectCodec;
import io.kvorum.apimachinery.codec.Target;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

final class DefaultsFitSchemaTest {
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final ObjectCodec CODEC = new ObjectCodec(CATALOGUE, Limits.UPSTREAM);

    private static ObjectNode known(ResourceType type, String json) {
        return CODEC.conform(Samples.json(json), Target.of(type), FieldValidation.STRICT)
                .object();
    }

    private static void assertFits(ResourceType type, ObjectNode object) {
        Defaults.apply(type, object);
        ObjectNode conformed = CODEC.conform(object.deepCopy(), Target.of(type), FieldValidation.STRICT)
                .object();
        assertThat(conformed.without("kind").without("apiVersion"))
                .as(type.id().qualified())
                .isEqualTo(object.deepCopy().without("kind").without("apiVersion"));
    }

    @Test
    void whatAnEmptyObjectOfAnyKindGetsIsKnownToItsSchema() {
        for (ResourceType type : CATALOGUE.resources()) {
            assertFits(type, known(type, "{'metadata':{'name':'a'}}"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "v1|pods|{'spec':{'hostNetwork':true,'containers':[{'name':'a','image':'i','ports':[{'containerPort':1}],'livenessProbe':{'grpc':{'port':1}},'lifecycle':{'preStop':{'httpGet':{'port':1}}},'resources':{'limits':{'cpu':'1'}}}],'volumes':[{'name':'a'},{'name':'b','projected':{'sources':[{'serviceAccountToken':{'path':'x'}},{'downwardAPI':{'items':[{'path':'x','fieldRef':{'fieldPath':'y'}}]}}]}},{'name':'c','iscsi':{'targetPortal':'x','iqn':'y','lun':1}},{'name':'d','azureDisk':{'diskName':'x','diskURI':'y'}},{'name':'e','image':{'reference':'x'}},{'name':'f','ephemeral':{'volumeClaimTemplate':{'spec':{}}}}]}}",
                "apps/v1|statefulsets|{'spec':{'template':{'spec':{'containers':[{'name':'a'}]}},'volumeClaimTemplates':[{'spec':{}}]}}",
                "apps/v1|deployments|{'spec':{'template':{'spec':{'containers':[{'name':'a'}]}}}}",
                "batch/v1|cronjobs|{'spec':{'schedule':'x','jobTemplate':{'spec':{'template':{'spec':{'containers':[{'name':'a'}]}}}}}}",
                "batch/v1|jobs|{'spec':{'podFailurePolicy':{'rules':[{'action':'Ignore','onPodConditions':[{'type':'x'}]}]},'template':{'metadata':{'labels':{'a':'b'}}}}}",
                "v1|services|{'spec':{'type':'LoadBalancer','sessionAffinity':'ClientIP','ports':[{'port':1}]}}",
                "v1|limitranges|{'spec':{'limits':[{'type':'Container','max':{'cpu':'1'},'min':{'memory':'1Gi'}}]}}",
                "v1|secrets|{'stringData':{'a':'b'}}",
                "v1|persistentvolumes|{'spec':{'hostPath':{'path':'x'}}}",
                "autoscaling/v2|horizontalpodautoscalers|{'spec':{'behavior':{}}}",
                "discovery.k8s.io/v1|endpointslices|{'endpoints':[{'addresses':['1.1.1.1']}],'ports':[{'port':1}]}",
                "networking.k8s.io/v1|networkpolicies|{'spec':{'ingress':[{'ports':[{'port':1}]}]}}",
                "rbac.authorization.k8s.io/v1|clusterrolebindings|{'subjects':[{'kind':'User','name':'x'}]}",
                "admissionregistration.k8s.io/v1|mutatingwebhookconfigurations|{'webhooks':[{'name':'x','rules':[{'operations':['*']}],'clientConfig':{'service':{'name':'x'}}}]}",
                "flowcontrol.apiserver.k8s.io/v1|prioritylevelconfigurations|{'spec':{'type':'Limited','limited':{'limitResponse':{'type':'Queue','queuing':{}}}}}"
            })
    void whatGoesIntoNestedObjectsIsKnownToo(String version, String plural, String json) {
        ResourceType type =
                CATALOGUE.resource(GroupVersion.parse(version).resource(plural)).orElseThrow();

        assertFits(type, known(type, json));
    }
}
