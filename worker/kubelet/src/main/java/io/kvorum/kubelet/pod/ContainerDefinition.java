package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import java.util.zip.CRC32;

/** A short mark of the parts of a container that may change while it runs; a new mark means a restart. Pure. */
final class ContainerDefinition {
    private ContainerDefinition() {}

    static String of(Container container) {
        CRC32 sum = new CRC32();
        sum.update(
                (container.getName() + "\n" + container.getImage()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
