package io.kvorum.network.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.network.overlay.OverlayConfig.Backend;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Overlays of two nodes on two network namespaces, with real packets. */
class NodeOverlayTest {
    private static final String A_CIDR = "10.42.0.0/24";
    private static final String B_CIDR = "10.42.1.0/24";
    private static final String A_HARDWARE = VxlanDevice.hardwareAddress("192.0.2.10", A_CIDR);

    private TwoHosts hosts;

    @BeforeEach
    void start() {
        assumeTrue(TwoHosts.possible(), "this machine cannot make network namespaces with VXLAN devices");
        hosts = new TwoHosts();
    }

    @AfterEach
    void stop() {
        if (hosts != null) {
            hosts.close();
        }
    }

    private static String a() {
        return "a," + A_CIDR + ",192.0.2.10," + A_HARDWARE;
    }

    private static String b(String address) {
        return "b," + B_CIDR + "," + address + "," + VxlanDevice.hardwareAddress(address, B_CIDR);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void podsOfTwoNodesReachEachOtherUntilANodeGoes(Backend backend) {
        hosts.drive("a", backend, "192.0.2.10");
        hosts.drive("b", backend, "192.0.2.11");
        hosts.tell("a", a() + " " + b("192.0.2.11"));
        hosts.tell("b", a() + " " + b("192.0.2.11"));
        await("a way from a to b", this::reaches);

        hosts.tell("a", a());
        await("the end of the route", () -> !hosts.in("a", "ip", "route").contains(B_CIDR));
    }

    @Test
    void aNodeMayComeBackWithAnotherAddress() {
        hosts.drive("a", Backend.VXLAN, "192.0.2.10");
        hosts.drive("b", Backend.VXLAN, "192.0.2.11");
        hosts.tell("a", a() + " " + b("192.0.2.11"));
        hosts.tell("b", a() + " " + b("192.0.2.11"));
        await("a way from a to b", this::reaches);

        hosts.in("b", "ip", "address", "delete", "192.0.2.11/24", "dev", "eth0");
        hosts.in("b", "ip", "address", "add", "192.0.2.21/24", "dev", "eth0");
        hosts.drive("b", Backend.VXLAN, "192.0.2.21");
        hosts.tell("b", a() + " " + b("192.0.2.21"));
        hosts.tell("a", a() + " " + b("192.0.2.21"));

        await("a way from a to b", this::reaches);
        assertThat(hosts.in("a", "bridge", "fdb", "show", "dev", "flannel.1"))
                .contains("192.0.2.21")
                .doesNotContain("192.0.2.11");
    }

    @Test
    void theDeviceLeavesRoomForItsHeader() {
        hosts.in("a", "ip", "link", "set", "eth0", "mtu", "1400");
        hosts.drive("a", Backend.VXLAN, "192.0.2.10");
        hosts.tell("a", a());

        await(
                "the device",
                () -> hosts.tryIn("a", "ip", "-d", "link", "show", "flannel.1")
                        .outcome()
                        .output()
                        .contains("mtu 1350"));
        assertThat(hosts.in("a", "ip", "-d", "link", "show", "flannel.1"))
                .contains("vxlan id 1")
                .contains("dstport 8472")
                .contains("nolearning")
                .contains(A_HARDWARE);
    }

    private boolean reaches() {
        return hosts.tryIn("a", "busybox", "ping", "-c", "1", "-W", "1", "-I", "10.42.0.1", "10.42.1.1")
                .outcome()
                .succeeded();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(50_000_000);
        }
    }
}
