package io.kvorum.apimachinery.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class TablesTest {
    private static final Tables TABLES = new Tables(InstantSource.fixed(Instant.parse("2026-01-01T01:00:00Z")));
    private static final String MADE = "'creationTimestamp':'2026-01-01T00:00:00Z'";

    private static ObjectNode table(String group, String plural, String json) {
        return TABLES.of(
                Samples.type(group, "v1", "", plural, "", true), Samples.json(json), IncludeObject.METADATA, "v1");
    }

    private static List<String> cells(String group, String plural, String json) {
        List<String> cells = new ArrayList<>();
        for (JsonNode cell : table(group, plural, json).at("/rows/0/cells")) {
            cells.add(cell.isString() ? cell.stringValue() : cell.toString());
        }
        return cells;
    }

    private static List<String> pod(String json) {
        return cells("", "pods", json).subList(1, 4);
    }

    @Test
    void aTableHasColumnsAndRowsWithTheirMetadata() {
        ObjectNode table = table(
                "",
                "configmaps",
                "{'kind':'ConfigMap','metadata':{'name':'c','resourceVersion':'7'," + MADE + "},'data':{'a':'b'}}");

        assertThat(table.at("/columnDefinitions").findValuesAsString("name")).containsExactly("Name", "Data", "Age");
        assertThat(table.at("/metadata/resourceVersion").stringValue()).isEqualTo("7");
        assertThat(table.at("/rows/0/cells").toString()).isEqualTo("[\"c\",1,\"60m\"]");
        assertThat(table.at("/rows/0/object/kind").stringValue()).isEqualTo("PartialObjectMetadata");
        assertThat(table.at("/rows/0/object").has("data")).isFalse();
    }

    @Test
    void anUnknownKindShowsNameAndCreation() {
        assertThat(cells("example.com", "widgets", "{'metadata':{'name':'w'," + MADE + "}}"))
                .containsExactly("w", "2026-01-01T00:00:00Z");
    }

    @Test
    void onlyTheFirstEventTellsTheColumns() {
        ObjectNode pod = Samples.json("{'metadata':{'name':'a'}}");

        assertThat(TABLES.ofEvent(Samples.PODS, pod, IncludeObject.NONE, "v1", false)
                        .get("columnDefinitions")
                        .isNull())
                .isTrue();
        assertThat(TABLES.ofEvent(Samples.PODS, pod, IncludeObject.OBJECT, "v1", true)
                        .at("/rows/0/object"))
                .isEqualTo(pod);
        assertThat(TABLES.ofList(Samples.PODS, List.of(), Tree.object(), IncludeObject.NONE, "v1")
                        .at("/rows")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void aRunningPodIsRunning() {
        assertThat(cells("", "pods", """
                {'metadata':{'name':'web','creationTimestamp':'2026-01-01T00:59:55Z'},
                'spec':{'nodeName':'n1','containers':[{'name':'a'}]},
                'status':{'phase':'Running','podIPs':[{'ip':'10.42.0.7'}],'containerStatuses':
                [{'name':'a','ready':true,'restartCount':2,'state':{'running':{}},
                'lastState':{'terminated':{'finishedAt':'2026-01-01T00:55:00Z'}}}]}}"""))
                .containsExactly("web", "1/1", "Running", "2 (5m ago)", "5s", "10.42.0.7", "n1", "<none>", "<none>");
    }

    @Test
    void aWaitingContainersReasonIsThePodsStatus() {
        assertThat(pod(
                        "{'metadata':{'name':'a'},'spec':{'containers':[{'name':'a'},{'name':'b'}]},'status':{'phase':'Running',"
                                + "'containerStatuses':[{'name':'a','restartCount':4,'state':{'waiting':{'reason':'CrashLoopBackOff'}}},"
                                + "{'name':'b','ready':true,'state':{'running':{}}}]}}"))
                .containsExactly("1/2", "CrashLoopBackOff", "4");
    }

    @Test
    void aFinishedPodIsCompletedAndSaysSoInACondition() {
        String json = "{'metadata':{'name':'a'},'spec':{'containers':[{'name':'a'}]},'status':{'phase':'Succeeded',"
                + "'containerStatuses':[{'name':'a','state':{'terminated':{'exitCode':0,'reason':'Completed'}}}]}}";

        assertThat(pod(json)).containsExactly("0/1", "Completed", "0");
        assertThat(table("", "pods", json).at("/rows/0/conditions/0/reason").stringValue())
                .isEqualTo("Succeeded");
    }

    @Test
    void aPodWithOneFinishedContainerIsRunningWhileReady() {
        String statuses =
                "'containerStatuses':[{'state':{'terminated':{'reason':'Completed'}}},{'ready':true,'state':{'running':{}}}]";

        assertThat(pod(
                        "{'spec':{'containers':[{},{}]},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}],"
                                + statuses + "}}"))
                .containsExactly("1/2", "Running", "0");
        assertThat(pod("{'spec':{'containers':[{},{}]},'status':{'phase':'Running'," + statuses + "}}"))
                .containsExactly("1/2", "NotReady", "0");
    }

    @Test
    void initContainersShowHowFarTheyAre() {
        String spec = "'spec':{'initContainers':[{'name':'i'},{'name':'j'}],'containers':[{'name':'a'}]}";

        assertThat(pod("{" + spec
                        + ",'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'exitCode':0}}},"
                        + "{'name':'j','state':{'running':{}}}]}}"))
                .containsExactly("0/1", "Init:1/2", "0");
        assertThat(pod("{" + spec
                        + ",'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','restartCount':1,"
                        + "'state':{'terminated':{'exitCode':3,'reason':'Error'}}}]}}"))
                .containsExactly("0/1", "Init:Error", "1");
        assertThat(
                        pod(
                                "{" + spec
                                        + ",'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'waiting':{'reason':'ImagePullBackOff'}}}]}}"))
                .containsExactly("0/1", "Init:ImagePullBackOff", "0");
    }

    @Test
    void aSidecarCountsAsAContainer() {
        assertThat(pod("{'spec':{'initContainers':[{'name':'s','restartPolicy':'Always'}],'containers':[{'name':'a'}]},"
                        + "'status':{'phase':'Running','initContainerStatuses':[{'name':'s','started':true,'ready':true,'restartCount':3,'state':{'running':{}}}],"
                        + "'containerStatuses':[{'name':'a','ready':true,'restartCount':1,'state':{'running':{}}}]}}"))
                .containsExactly("2/2", "Running", "4");
    }

    @Test
    void aDeletedPodIsTerminatingUntilItHasEnded() {
        String deleted = "'metadata':{'deletionTimestamp':'2026-01-01T00:00:00Z'}";

        assertThat(pod("{" + deleted + ",'spec':{'containers':[{}]},'status':{'phase':'Running'}}"))
                .containsExactly("0/1", "Terminating", "0");
        assertThat(pod("{" + deleted + ",'spec':{'containers':[{}]},'status':{'phase':'Succeeded'}}"))
                .containsExactly("0/1", "Succeeded", "0");
    }

    @Test
    void aGatedPodSaysSo() {
        assertThat(
                        pod(
                                "{'spec':{'containers':[{}]},'status':{'phase':'Pending','conditions':[{'type':'PodScheduled','reason':'SchedulingGated'}]}}"))
                .containsExactly("0/1", "SchedulingGated", "0");
    }

    @Test
    void nodesShowTheirRolesFromLabels() {
        assertThat(
                        cells(
                                "",
                                "nodes",
                                "{'metadata':{'name':'n'," + MADE
                                        + ",'labels':{'node-role.kubernetes.io/control-plane':'true',"
                                        + "'node-role.kubernetes.io/etcd':'true'}},'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'True'}],"
                                        + "'addresses':[{'type':'InternalIP','address':'10.0.0.1'}],'nodeInfo':{'kubeletVersion':'v1.36.2+k3s1','kernelVersion':'6.1'}}}"))
                .containsExactly(
                        "n",
                        "Ready,SchedulingDisabled",
                        "control-plane,etcd",
                        "60m",
                        "v1.36.2+k3s1",
                        "10.0.0.1",
                        "<none>",
                        "<unknown>",
                        "6.1",
                        "<unknown>");
    }

    @Test
    void deploymentsAndServicesReadAsUpstreams() {
        assertThat(
                        cells(
                                "apps",
                                "deployments",
                                "{'metadata':{'name':'d'," + MADE
                                        + "},'spec':{'replicas':2,'selector':{'matchLabels':{'app':'d'}},"
                                        + "'template':{'spec':{'containers':[{'name':'a','image':'i'},{'name':'b','image':'j'}]}}},'status':{'readyReplicas':1,'updatedReplicas':2}}"))
                .containsExactly("d", "1/2", "2", "0", "60m", "a,b", "i,j", "app=d");
        assertThat(
                        cells(
                                "",
                                "services",
                                "{'metadata':{'name':'s'," + MADE
                                        + "},'spec':{'type':'LoadBalancer','clusterIP':'10.43.0.9',"
                                        + "'ports':[{'port':80,'nodePort':30080,'protocol':'TCP'},{'port':443,'protocol':'TCP'}]}}"))
                .containsExactly(
                        "s", "LoadBalancer", "10.43.0.9", "<pending>", "80:30080/TCP,443/TCP", "60m", "<none>");
    }

    @Test
    void jobsShowStatusAndDuration() {
        assertThat(cells(
                                "batch",
                                "jobs",
                                "{'metadata':{'name':'j'," + MADE
                                        + "},'spec':{'completions':1,'template':{}},'status':{'succeeded':1,"
                                        + "'startTime':'2026-01-01T00:00:00Z','completionTime':'2026-01-01T00:00:07Z','conditions':[{'type':'Complete','status':'True'}]}}")
                        .subList(0, 4))
                .containsExactly("j", "Complete", "1/1", "7s");
    }

    @Test
    void eventsNameTheirObject() {
        assertThat(
                        cells(
                                "",
                                "events",
                                "{'metadata':{'name':'e'},'type':'Normal','reason':'Pulled','message':'done','count':3,"
                                        + "'lastTimestamp':'2026-01-01T00:59:00Z','firstTimestamp':'2026-01-01T00:58:00Z',"
                                        + "'involvedObject':{'kind':'Pod','name':'web'},'source':{'component':'kubelet','host':'n1'}}"))
                .containsExactly("60s", "Normal", "Pulled", "pod/web", "", "kubelet, n1", "done", "2m", "3", "e");
    }

    @Test
    void bindingsIngressesAndVolumesReadAsUpstreams() {
        assertThat(
                        cells(
                                "rbac.authorization.k8s.io",
                                "rolebindings",
                                "{'metadata':{'name':'b'," + MADE + "},'roleRef':{'kind':'Role','name':'r'},"
                                        + "'subjects':[{'kind':'ServiceAccount','name':'x','namespace':'n'},{'kind':'User','name':'u'}]}"))
                .containsExactly("b", "Role/r", "60m", "u", "", "n/x");
        assertThat(
                        cells(
                                "networking.k8s.io",
                                "ingresses",
                                "{'metadata':{'name':'i'," + MADE
                                        + "},'spec':{'tls':[{}],'rules':[{'host':'a'},{'host':'b'},{'host':'c'},{'host':'d'}]}}"))
                .containsExactly("i", "<none>", "a,b,c + 1 more...", "", "80, 443", "60m");
        assertThat(
                        cells(
                                "",
                                "persistentvolumeclaims",
                                "{'metadata':{'name':'p'," + MADE
                                        + "},'spec':{'volumeName':'v','storageClassName':'local-path','volumeMode':'Filesystem'},"
                                        + "'status':{'phase':'Bound','capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce']}}"))
                .containsExactly("p", "Bound", "v", "1Gi", "RWO", "local-path", "<unset>", "60m", "Filesystem");
        assertThat(
                        cells(
                                "autoscaling",
                                "horizontalpodautoscalers",
                                "{'metadata':{'name':'h'," + MADE
                                        + "},'spec':{'scaleTargetRef':{'kind':'Deployment','name':'d'},"
                                        + "'minReplicas':1,'maxReplicas':5,'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{'averageUtilization':80}}}]}}"))
                .containsExactly("h", "Deployment/d", "cpu: <unknown>/80%", "1", "5", "0", "60m");
    }

    @ParameterizedTest
    @CsvSource({
        "PT-5S, <invalid>",
        "PT0S, 0s",
        "PT119S, 119s",
        "PT2M, 2m",
        "PT3M12S, 3m12s",
        "PT10M5S, 10m",
        "PT179M, 179m",
        "PT3H, 3h",
        "PT5H3M, 5h3m",
        "PT8H30M, 8h",
        "PT47H, 47h",
        "PT48H, 2d",
        "PT53H, 2d5h",
        "P9D, 9d",
        "P729D, 729d",
        "P730D, 2y",
        "P800D, 2y70d",
        "P3000D, 8y"
    })
    void durationsShowTheUnitsThatMatter(Duration duration, String text) {
        assertThat(HumanDuration.of(duration)).isEqualTo(text);
    }
}
