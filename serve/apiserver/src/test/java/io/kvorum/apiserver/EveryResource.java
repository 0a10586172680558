package io.kvorum.apiserver;

import java.util.Map;
import java.util.TreeMap;

/** The smallest object that each resource takes, without its metadata; single quotes stand for double ones. */
final class EveryResource {
    private static final String TEMPLATE =
            "{'metadata':{'labels':{'app':'a'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";
    private static final String ONCE = TEMPLATE.replace("'spec':{", "'spec':{'restartPolicy':'Never',");
    private static final String RULES =
            "'rules':[{'apiGroups':['apps'],'apiVersions':['v1'],'operations':['CREATE'],'resources':['deployments']}]";
    private static final String WEBHOOK =
            "'webhooks':[{'name':'a.example.com','clientConfig':{'url':'https://192.0.2.9/'}," + RULES
                    + ",'sideEffects':'None','admissionReviewVersions':['v1'],'failurePolicy':'Ignore'}]";
    private static final String MATCH =
            "'matchConstraints':{'resourceRules':[{'apiGroups':['x.example.com'],'apiVersions':['v1'],'operations':['CREATE'],'resources':['things']}]}";
    private static final String SUBJECTS =
            "'subjects':[{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'bob'}]";
    private static final String ROLE_REF =
            "'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'%s','name':'view'}";
    private static final String SELECTOR = "'selector':{'matchLabels':{'app':'a'}}";

    private static final Map<String, String> BODIES = bodies();

    private EveryResource() {}

    private static Map<String, String> bodies() {
        Map<String, String> all = new TreeMap<>();
        core(all);
        workloads(all);
        access(all);
        network(all);
        storage(all);
        extension(all);
        return all;
    }

    private static void core(Map<String, String> all) {
        all.put("configmaps", "'data':{'a':'b'}");
        all.put(
                "endpoints",
                "'subsets':[{'addresses':[{'ip':'192.0.2.7'}],'ports':[{'port':80,'protocol':'TCP','name':'http'}]}]");
        all.put(
                "events",
                "'involvedObject':{'kind':'Pod','name':'p','namespace':'every'},'reason':'R','message':'m','type':'Normal','source':{'component':'c'},'count':1,'firstTimestamp':'2026-01-01T00:00:00Z','lastTimestamp':'2026-01-01T00:00:00Z'");
        all.put("limitranges", "'spec':{'limits':[{'type':'Pod','max':{'cpu':'100'}}]}");
        all.put("namespaces", "'spec':{}");
        all.put("nodes", "'spec':{}");
        all.put(
                "persistentvolumeclaims",
                "'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}");
        all.put(
                "persistentvolumes",
                "'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],'hostPath':{'path':'/tmp/x'}}");
        all.put("pods", "'spec':{'containers':[{'name':'c','image':'i'}]}");
        all.put("podtemplates", "'template':" + TEMPLATE);
        all.put("replicationcontrollers", "'spec':{'replicas':1,'selector':{'app':'a'},'template':" + TEMPLATE + "}");
        all.put("resourcequotas", "'spec':{'hard':{'count/widgets.example.com':'1000'}}");
        all.put("secrets", "'stringData':{'a':'b'}");
        all.put("serviceaccounts", "'automountServiceAccountToken':false");
        all.put("services", "'spec':{'selector':{'app':'a'},'ports':[{'port':80}]}");
    }

    private static void workloads(Map<String, String> all) {
        String workload = "'spec':{" + SELECTOR + ",'template':" + TEMPLATE + "}";
        all.put("controllerrevisions.apps", "'revision':1,'data':{'a':'b'}");
        all.put("daemonsets.apps", workload);
        all.put("deployments.apps", workload);
        all.put("replicasets.apps", workload);
        all.put("statefulsets.apps", workload.replaceFirst("\\{", "{'serviceName':'s',"));
        all.put("jobs.batch", "'spec':{'template':" + ONCE + "}");
        all.put("cronjobs.batch", "'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{'template':" + ONCE + "}}}");
        all.put(
                "horizontalpodautoscalers.autoscaling",
                "'spec':{'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'d'},'maxReplicas':3}");
        all.put("poddisruptionbudgets.policy", "'spec':{'minAvailable':1," + SELECTOR + "}");
        all.put("priorityclasses.scheduling.k8s.io", "'value':10");
        all.put("runtimeclasses.node.k8s.io", "'handler':'runc'");
        all.put(
                "leases.coordination.k8s.io",
                "'spec':{'holderIdentity':'me','leaseDurationSeconds':10,'renewTime':'2026-01-01T00:00:00.000000Z'}");
        all.put(
                "events.events.k8s.io",
                "'regarding':{'kind':'Pod','name':'p','namespace':'every'},'reason':'R','note':'m','type':'Normal','action':'A','eventTime':'2026-01-01T00:00:00.000000Z','reportingController':'example.com/c','reportingInstance':'i'");
        all.put("deviceclasses.resource.k8s.io", "'spec':{}");
        all.put(
                "resourceclaims.resource.k8s.io",
                "'spec':{'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c.example.com'}}]}}");
        all.put(
                "resourceclaimtemplates.resource.k8s.io",
                "'spec':{'spec':{'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c.example.com'}}]}}}");
        all.put(
                "resourceslices.resource.k8s.io",
                "'spec':{'driver':'d.example.com','nodeName':'n','pool':{'name':'p','generation':1,'resourceSliceCount':1}}");
    }

    private static void access(Map<String, String> all) {
        String rules = "'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]";
        all.put("roles.rbac.authorization.k8s.io", rules);
        all.put("clusterroles.rbac.authorization.k8s.io", rules);
        all.put("rolebindings.rbac.authorization.k8s.io", SUBJECTS + "," + ROLE_REF.formatted("ClusterRole"));
        all.put("clusterrolebindings.rbac.authorization.k8s.io", SUBJECTS + "," + ROLE_REF.formatted("ClusterRole"));
        all.put(
                "certificatesigningrequests.certificates.k8s.io",
                "'spec':{'request':'@REQUEST@','signerName':'example.com/signer','usages':['client auth']}");
    }

    private static void network(Map<String, String> all) {
        all.put(
                "endpointslices.discovery.k8s.io",
                "'addressType':'IPv4','endpoints':[{'addresses':['192.0.2.7']}],'ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        all.put(
                "ingresses.networking.k8s.io",
                "'spec':{'defaultBackend':{'service':{'name':'s','port':{'number':80}}}}");
        all.put("ingressclasses.networking.k8s.io", "'spec':{'controller':'example.com/c'}");
        all.put("networkpolicies.networking.k8s.io", "'spec':{'podSelector':{},'policyTypes':['Ingress']}");
        all.put(
                "ipaddresses.networking.k8s.io",
                "'spec':{'parentRef':{'group':'','resource':'services','namespace':'default','name':'s'}}");
        all.put("servicecidrs.networking.k8s.io", "'spec':{'cidrs':['192.0.2.0/24']}");
    }

    private static void storage(Map<String, String> all) {
        all.put("storageclasses.storage.k8s.io", "'provisioner':'example.com/p'");
        all.put("csidrivers.storage.k8s.io", "'spec':{}");
        all.put("csinodes.storage.k8s.io", "'spec':{'drivers':[]}");
        all.put("csistoragecapacities.storage.k8s.io", "'storageClassName':'c','capacity':'1Gi'");
        all.put(
                "volumeattachments.storage.k8s.io",
                "'spec':{'attacher':'a.example.com','nodeName':'n','source':{'persistentVolumeName':'v'}}");
        all.put("volumeattributesclasses.storage.k8s.io", "'driverName':'d.example.com','parameters':{'a':'b'}");
    }

    private static void extension(Map<String, String> all) {
        all.put(
                "etcdsnapshotfiles.k3s.cattle.io",
                "'spec':{'snapshotName':'s','nodeName':'n','location':'file:///s'},'status':{'readyToUse':true,'size':'42'}");
        all.put("validatingwebhookconfigurations.admissionregistration.k8s.io", WEBHOOK);
        all.put("mutatingwebhookconfigurations.admissionregistration.k8s.io", WEBHOOK);
        all.put(
                "validatingadmissionpolicies.admissionregistration.k8s.io",
                "'spec':{" + MATCH + ",'validations':[{'expression':'true'}]}");
        all.put(
                "validatingadmissionpolicybindings.admissionregistration.k8s.io",
                "'spec':{'policyName':'p','validationActions':['Deny']}");
        all.put(
                "mutatingadmissionpolicies.admissionregistration.k8s.io",
                "'spec':{" + MATCH
                        + ",'reinvocationPolicy':'Never','mutations':[{'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'Object{}'}}]}");
        all.put("mutatingadmissionpolicybindings.admissionregistration.k8s.io", "'spec':{'policyName':'p'}");
        all.put(
                "apiservices.apiregistration.k8s.io",
                "'spec':{'group':'@GROUP@','version':'v1','groupPriorityMinimum':100,'versionPriority':10,'insecureSkipTLSVerify':true,'service':{'name':'s','namespace':'default'}}");
        all.put(
                "customresourcedefinitions.apiextensions.k8s.io",
                "'spec':{'group':'@GROUP@','scope':'Namespaced','names':{'plural':'@PLURAL@','singular':'@PLURAL@','kind':'Thing','listKind':'ThingList'},'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}");
        all.put(
                "flowschemas.flowcontrol.apiserver.k8s.io",
                "'spec':{'priorityLevelConfiguration':{'name':'exempt'},'matchingPrecedence':1000}");
        all.put(
                "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
                "'spec':{'type':'Limited','limited':{'nominalConcurrencyShares':5,'limitResponse':{'type':'Reject'}}}");
    }

    static boolean isKnown(String qualified) {
        return BODIES.containsKey(qualified);
    }

    /** The name that an object of this kind must have where names have a rule of their own. */
    static String name(String qualified, String wish) {
        return switch (qualified) {
            case "ipaddresses.networking.k8s.io" -> "198.51.100." + (1 + Math.floorMod(wish.hashCode(), 250));
            case "apiservices.apiregistration.k8s.io" -> "v1." + wish + ".example.com";
            case "customresourcedefinitions.apiextensions.k8s.io" -> wish + "." + wish + ".example.com";
            default -> wish;
        };
    }

    /** A whole object, in double quotes. */
    static String object(String qualified, String namespace, String wish, String metadata) {
        String where = namespace.isEmpty() ? "" : ",'namespace':'" + namespace + "'";
        return ("{'metadata':{'name':'" + name(qualified, wish) + "'" + where + metadata + "}," + BODIES.get(qualified)
                        + "}")
                .replace("@GROUP@", wish + ".example.com")
                .replace("@PLURAL@", wish)
                .replace("@REQUEST@", SigningRequest.BASE64)
                .replace('\'', '"');
    }

    /** A certificate request for CN=test, made once with openssl. */
    private static final class SigningRequest {
        static final String BASE64 =
                "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RWRHVnpkREJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSApBMElBQkF1VG4rTy9DS3p2bTc4TkNjK3pJZEhNM0UzSmJIeVJQTkREN2RUS0tFMlByS3AxZFd6OXpWRWhLQ3JuCnhlVEpWNUtpNkRNaGRxQWx2clBrNlZiLy9HbWdBREFLQmdncWhrak9QUVFEQWdOSUFEQkZBaUVBOU56VzlnRzkKRWxqcWJhNkNtdlFPQXNoei9DNFk1VjhBSEU1SnpnYTU1SllDSUNDeXdHT1M4RjJDVG1HYXB3dWMrVUxGeE5mbgpCSndaWUNkbUVXZ05BQ3d5Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=";
    }
}
