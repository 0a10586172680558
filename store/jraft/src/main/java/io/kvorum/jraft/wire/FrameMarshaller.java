package io.kvorum.jraft.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A frame's bytes: 8 of id, 1 of type, the message. Any thread. */
final class FrameMarshaller implements MethodDescriptor.Marshaller<Frame> {
    private static final int HEADER = 9;

    @Override
    public InputStream stream(Frame frame) {
        Message message = frame.message();
        byte[] bytes = new byte[HEADER + message.getSerializedSize()];
        ByteBuffer.wrap(bytes).putLong(frame.id()).put(MessageType.of(message).code);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, HEADER, bytes.length - HEADER);
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a message outgrew the size it had announced", e);
        }
        out.checkNoSpaceLeft();
        return new Encoded(bytes);
    }

    /** Tells gRPC its length, which spares a copy. */
    private static final class Encoded extends ByteArrayInputStream implements KnownLength {
        Encoded(byte[] bytes) {
            super(bytes);
        }
    }

    @Override
    public Frame parse(InputStream stream) {
        var in = new DataInputStream(stream);
        try {
            long id = in.readLong();
            MessageType type = MessageType.ofCode(in.readByte());
            return new Frame(id, type.parse(in));
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a peer sent a frame that cannot be read: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
