package io.kvorum.registry;

import static io.kvorum.registry.Cluster.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.type.ResourceType;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ServicesTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static ObjectNode service(String name, String rest) {
        return json("""
                {'apiVersion':'v1','kind':'Service','metadata':{'name':'%s'},'spec':{'ports':[{'port':80}]%s}}""".formatted(name, rest));
    }

    @Test
    void everyServiceGetsAnAddressOfItsOwn() {
        Set<String> addresses = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            ObjectNode made = cluster.create(cluster.services, service("s" + i, ""));
            addresses.add(made.at("/spec/clusterIP").stringValue());
            assertThat(made.at("/spec/clusterIPs/0")).isEqualTo(made.at("/spec/clusterIP"));
        }
        assertThat(addresses).hasSize(50).allMatch(address -> address.startsWith("10.43."));
    }

    @Test
    void anAddressIsAnObjectThatGoesWithItsService() {
        ResourceType addresses = Cluster.type("networking.k8s.io/v1", "ipaddresses");
        ObjectNode made = cluster.create(cluster.services, service("s", ""));
        String address = made.at("/spec/clusterIP").stringValue();
        assertThat(cluster.get(addresses, address).at("/spec/parentRef/name").stringValue())
                .isEqualTo("s");
        cluster.delete(cluster.services, "s");
        assertThatThrownBy(() -> cluster.get(addresses, address)).hasMessageContaining("not found");
    }

    @Test
    void aChosenAddressIsTakenOnceAndMustBeInTheRange() {
        cluster.create(cluster.services, service("dns", ",'clusterIP':'10.43.0.10'"));
        assertThatThrownBy(() -> cluster.create(cluster.services, service("x", ",'clusterIP':'10.43.0.10'")))
                .hasMessageContaining("provided IP is already allocated");
        assertThatThrownBy(() -> cluster.create(cluster.services, service("y", ",'clusterIP':'10.99.0.1'")))
                .hasMessageContaining("The range of valid IPs is 10.43.0.0/16");
    }

    @Test
    void anUpdateThatLeavesTheAddressOutKeepsIt() {
        ObjectNode made = cluster.create(cluster.services, service("s", ",'type':'NodePort'"));
        ObjectNode updated = cluster.update(
                cluster.services, "s", current -> service("s", ",'type':'NodePort','selector':{'app':'x'}"));
        assertThat(updated.at("/spec/clusterIP")).isEqualTo(made.at("/spec/clusterIP"));
        assertThat(updated.at("/spec/ports/0/nodePort")).isEqualTo(made.at("/spec/ports/0/nodePort"));
    }

    @Test
    void aHeadlessServiceHasNoAddress() {
        ObjectNode made = cluster.create(cluster.services, service("s", ",'clusterIP':'None'"));
        assertThat(made.at("/spec/clusterIPs/0").stringValue()).isEqualTo("None");
    }

    @Test
    void nodePortsAreTakenGivenBackAndNeverShared() {
        ObjectNode made = cluster.create(cluster.services, service("a", ",'type':'NodePort'"));
        int port = made.at("/spec/ports/0/nodePort").intValue();
        assertThat(port).isBetween(30000, 32767);
        ObjectNode same = json("""
                {'apiVersion':'v1','kind':'Service','metadata':{'name':'b'},
                 'spec':{'type':'NodePort','ports':[{'port':80,'nodePort':%d}]}}""".formatted(port));
        assertThatThrownBy(() -> cluster.create(cluster.services, same.deepCopy()))
                .hasMessageContaining("provided port is already allocated");
        cluster.delete(cluster.services, "a");
        assertThat(cluster.create(cluster.services, same)
                        .at("/spec/ports/0/nodePort")
                        .intValue())
                .isEqualTo(port);
    }

    @Test
    void addressesAreWrittenAsPeopleExpectThem() {
        assertThat(AddressRange.parse("10.43.0.0/16").address(10)).isEqualTo("10.43.0.10");
        assertThat(AddressRange.parse("2001:cafe:43::/112").address(10)).isEqualTo("2001:cafe:43::a");
    }
}
