package io.kvorum.apimachinery.protobuf;

/**
 * What stands around an object: four bytes, then a message (upstream's runtime.Unknown) of its type and its bytes.
 *
 * @param rawStart where the object's own message begins in the bytes that were read; the same as its end when there is none
 */
record Envelope(String apiVersion, String kind, int rawStart, int rawEnd) {
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int TYPE = 1;
    private static final int RAW = 2;
    private static final int CONTENT_ENCODING = 3;
    private static final int CONTENT_TYPE = 4;

    static boolean begins(byte[] bytes) {
        if (bytes.length < MAGIC.length) {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (bytes[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    static Envelope read(byte[] bytes) {
        if (!begins(bytes)) {
            throw new MalformedProtobuf("provided data does not appear to be a protobuf message, expected prefix k8s");
        }
        WireReader in = new WireReader(bytes, MAGIC.length, bytes.length);
        Envelope envelope = new Envelope("", "", 0, 0);
        while (!in.isAtEnd()) {
            int tag = in.tag();
            if (tag == MessageField.tag(TYPE, WireType.LENGTH)) {
                envelope = type(in, envelope);
            } else if (tag == MessageField.tag(RAW, WireType.LENGTH)) {
                int outer = in.enter();
                int start = in.position();
                in.leave(outer);
                envelope = new Envelope(envelope.apiVersion, envelope.kind, start, in.position());
            } else if (tag == MessageField.tag(CONTENT_ENCODING, WireType.LENGTH)) {
                refuse("content encoding", in.string(), "");
            } else if (tag == MessageField.tag(CONTENT_TYPE, WireType.LENGTH)) {
                refuse("content type", in.string(), "application/vnd.kubernetes.protobuf");
            } else {
                in.skip(tag);
            }
        }
        return envelope;
    }

    private static void refuse(String what, String found, String allowed) {
        if (!found.isEmpty() && !found.equals(allowed)) {
            throw new MalformedProtobuf("the %s \"%s\" inside an object is not supported".formatted(what, found));
        }
    }

    private static Envelope type(WireReader in, Envelope envelope) {
        int outer = in.enter();
        String apiVersion = "";
        String kind = "";
        while (!in.isAtEnd()) {
            int tag = in.tag();
            switch (tag) {
                case (1 << 3) | 2 -> apiVersion = in.string();
                case (2 << 3) | 2 -> kind = in.string();
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        return new Envelope(apiVersion, kind, envelope.rawStart, envelope.rawEnd);
    }

    /** Begins what stands after the object's message; the writer writes backwards. */
    static void writeTail(WireWriter out) {
        out.string(CONTENT_TYPE, "");
        out.string(CONTENT_ENCODING, "");
    }

    /** Writes what stands before an object's message of the given length. */
    static void writeHead(WireWriter out, String apiVersion, String kind, int length) {
        out.varint(length);
        out.tag(RAW, WireType.LENGTH);
        int size = out.size();
        out.string(2, kind);
        out.string(1, apiVersion);
        out.closeField(TYPE, size);
        out.raw(MAGIC);
    }
}
