package io.kvorum.apimachinery.patch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The merge keys that kubectl relies on, as the real catalogue has them. */
final class StrategicMergeOfBuiltInsTest {
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "core.v1.Pod|{'spec':{'containers':[{'name':'a','image':'1'},{'name':'b'}]}}|{'spec':{'containers':[{'name':'a','image':'2'}]}}|{'spec':{'containers':[{'name':'a','image':'2'},{'name':'b'}]}}",
                "core.v1.Pod|{'spec':{'tolerations':[{'key':'a'}]}}|{'spec':{'tolerations':[{'key':'b'}]}}|{'spec':{'tolerations':[{'key':'b'}]}}",
                "core.v1.Pod|{'spec':{'volumes':[{'name':'a','emptyDir':{}}]}}|{'spec':{'volumes':[{'name':'a','$retainKeys':['name','hostPath'],'hostPath':{'path':'/'}}]}}|{'spec':{'volumes':[{'name':'a','hostPath':{'path':'/'}}]}}",
                "core.v1.Pod|{'spec':{'containers':[{'name':'a','volumeMounts':[{'mountPath':'/x','name':'v'}]}]}}|{'spec':{'containers':[{'name':'a','volumeMounts':[{'mountPath':'/y','name':'v'}]}]}}|{'spec':{'containers':[{'name':'a','volumeMounts':[{'mountPath':'/y','name':'v'},{'mountPath':'/x','name':'v'}]}]}}",
                "core.v1.Pod|{'status':{'conditions':[{'type':'Ready','status':'False'},{'type':'Initialized'}]}}|{'status':{'conditions':[{'type':'Ready','status':'True'}]}}|{'status':{'conditions':[{'type':'Ready','status':'True'},{'type':'Initialized'}]}}",
                "core.v1.Service|{'spec':{'ports':[{'port':80,'nodePort':1},{'port':443}]}}|{'spec':{'ports':[{'port':80,'name':'x'}]}}|{'spec':{'ports':[{'port':80,'nodePort':1,'name':'x'},{'port':443}]}}",
                "core.v1.Node|{'spec':{'taints':[{'key':'a'}]}}|{'spec':{'taints':[{'key':'b'}]}}|{'spec':{'taints':[{'key':'b'}]}}",
                "core.v1.ServiceAccount|{'secrets':[{'name':'a'}]}|{'secrets':[{'name':'b'}]}|{'secrets':[{'name':'b'},{'name':'a'}]}",
                "core.v1.Namespace|{'metadata':{'finalizers':['a']}}|{'metadata':{'finalizers':['b']}}|{'metadata':{'finalizers':['b','a']}}",
                "core.v1.ConfigMap|{'metadata':{'ownerReferences':[{'uid':'1','name':'x'}]}}|{'metadata':{'ownerReferences':[{'uid':'1','name':'y'}]}}|{'metadata':{'ownerReferences':[{'uid':'1','name':'y'}]}}",
                "apps.v1.Deployment|{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}|{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}|{'spec':{'strategy':{'type':'Recreate'}}}",
                "rbac.v1.Role|{'rules':[{'verbs':['get']}]}|{'rules':[{'verbs':['list']}]}|{'rules':[{'verbs':['list']}]}"
            })
    void builtInListsMergeAsKubectlExpects(String schema, String before, String patch, String after) {
        assertThat(StrategicMergePatch.of(Samples.json(patch), CATALOGUE, "io.k8s.api." + schema)
                        .applyTo(Samples.json(before)))
                .isEqualTo(Samples.json(after));
    }
}
