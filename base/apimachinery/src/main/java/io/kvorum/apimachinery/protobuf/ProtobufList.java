package io.kvorum.apimachinery.protobuf;

import io.kvorum.apimachinery.status.ApiException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a list item by item. Its length stands first on the wire, so every item is encoded once to learn its length; of
 * a long list the later items are not kept meanwhile but encoded again. Used once, by one thread.
 */
public final class ProtobufList {
    private static final long KEPT_BYTES = 4 << 20;
    private static final int METADATA = 1;
    private static final int ITEMS = 2;
    private static final String LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

    private final ProtobufCodec codec;
    private final String schema;
    private final IntFunction<ObjectNode> items;
    private final int[] lengths;
    private final List<byte[]> kept = new ArrayList<>();
    private byte[] listMeta = {};
    private int length;

    /**
     * @param schema of the items
     * @param items gives the item at a place, possibly twice
     */
    public ProtobufList(ProtobufCodec codec, String schema, int count, IntFunction<ObjectNode> items) {
        this.codec = codec;
        this.schema = schema;
        this.items = items;
        this.lengths = new int[count];
    }

    /** Comes first, and encodes every item: what cannot be encoded is found before anything is sent. */
    public void measure(ObjectNode metadata) {
        listMeta = codec.message(metadata, LIST_META);
        long total = fieldLength(listMeta.length);
        for (int i = 0; i < lengths.length; i++) {
            byte[] item = codec.message(items.apply(i), schema);
            lengths[i] = item.length;
            total += fieldLength(item.length);
            if (total <= KEPT_BYTES && kept.size() == i) {
                kept.add(item);
            }
        }
        if (total > Integer.MAX_VALUE) {
            throw ApiException.tooLarge(
                    "the list has %d bytes, more than protobuf can carry; ask for it in pages".formatted(total));
        }
        length = (int) total;
    }

    /** @param kind of the list, such as PodList */
    public void write(String apiVersion, String kind, OutputStream out) throws IOException {
        WireWriter head = new WireWriter();
        head.bytes(METADATA, listMeta);
        Envelope.writeHead(head, apiVersion, kind, length);
        out.write(head.toByteArray());
        WireWriter itemHead = new WireWriter();
        for (int i = 0; i < lengths.length; i++) {
            itemHead.clear();
            itemHead.varint(lengths[i]);
            itemHead.tag(ITEMS, WireType.LENGTH);
            out.write(itemHead.toByteArray());
            out.write(i < kept.size() ? kept.get(i) : codec.message(items.apply(i), schema));
        }
        WireWriter tail = new WireWriter();
        Envelope.writeTail(tail);
        out.write(tail.toByteArray());
    }

    private static long fieldLength(int length) {
        return 1L + WireWriter.varintLength(length) + length;
    }
}
