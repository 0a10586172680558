package io.kvorum.registry;

import static io.kvorum.registry.Cluster.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.type.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class VersionsTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void anEventOfEitherGroupIsTheSameObject() {
        ResourceType core = Cluster.type("v1", "events");
        ResourceType grouped = Cluster.type("events.k8s.io/v1", "events");
        cluster.create(
                grouped,
                json("{'apiVersion':'events.k8s.io/v1','kind':'Event','metadata':{'name':'e'},'note':'hello',"
                        + "'regarding':{'kind':'Pod','name':'p'}}"));
        ObjectNode asCore = cluster.get(core, "e");
        assertThat(asCore.at("/apiVersion").stringValue()).isEqualTo("v1");
        assertThat(asCore.at("/message").stringValue()).isEqualTo("hello");
        assertThat(asCore.at("/involvedObject/name").stringValue()).isEqualTo("p");
        assertThat(cluster.get(grouped, "e").at("/note").stringValue()).isEqualTo("hello");
    }

    @Test
    void anAutoscalerOfTheFirstVersionKeepsWhatOnlyTheSecondCanSay() {
        ResourceType first = Cluster.type("autoscaling/v1", "horizontalpodautoscalers");
        ResourceType second = Cluster.type("autoscaling/v2", "horizontalpodautoscalers");
        cluster.create(second, json("""
                {'apiVersion':'autoscaling/v2','kind':'HorizontalPodAutoscaler','metadata':{'name':'h'},
                 'spec':{'scaleTargetRef':{'kind':'Deployment','name':'web'},'maxReplicas':5,'metrics':[
                  {'type':'Resource','resource':{'name':'memory','target':{'type':'Utilization','averageUtilization':60}}},
                  {'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization','averageUtilization':70}}}]}}"""));
        ObjectNode old = cluster.get(first, "h");
        assertThat(old.at("/spec/targetCPUUtilizationPercentage").intValue()).isEqualTo(70);
        assertThat(old.at("/spec/metrics").isMissingNode()).isTrue();
        cluster.update(first, "h", current -> {
            ((ObjectNode) current.get("spec")).put("targetCPUUtilizationPercentage", 50);
            return current;
        });
        ObjectNode now = cluster.get(second, "h");
        assertThat(now.at("/spec/metrics")).hasSize(2);
        assertThat(now.at("/spec/metrics/0/resource/target/averageUtilization").intValue())
                .isEqualTo(50);
        assertThat(now.at("/spec/metrics/1/resource/name").stringValue()).isEqualTo("memory");
        assertThat(now.at("/metadata/annotations").isEmpty()).isTrue();
    }
}
