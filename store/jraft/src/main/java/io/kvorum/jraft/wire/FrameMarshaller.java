package io.kvorum.jraft.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

    /** Tells gRPC its length and hands itself over in one piece, which spares copies. */
    private static final class Encoded extends ByteArrayInputStream implements KnownLength, Drainable {
        Encoded(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = available();
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }

    @Override
    public Frame parse(InputStream stream) {
        try {
            // gRPC has the whole message at hand and tells its length.
            byte[] bytes = new byte[stream.available()];
            int length = stream.readNBytes(bytes, 0, bytes.length);
            if (length < HEADER || stream.read() >= 0) {
                throw new EOFException("its length is not the one it announced");
            }
            ByteBuffer header = ByteBuffer.wrap(bytes);
            long id = header.getLong();
            MessageType type = MessageType.ofCode(header.get());
            return new Frame(id, type.parse(UnsafeByteOperations.unsafeWrap(bytes, HEADER, length - HEADER)));
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a peer sent a frame that cannot be read: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
