package io.kvorum.jraft.wire;

import io.grpc.MethodDescriptor;

/** The two streams to a peer: votes and heartbeats never wait behind entries and snapshot files. */
public enum Lane {
    CONTROL("Control"),
    BULK("Bulk");

    static final String SERVICE = "kvorum.Peer";

    private final MethodDescriptor<Frame, Frame> method;

    Lane(String name) {
        var marshaller = new FrameMarshaller();
        method = MethodDescriptor.<Frame, Frame>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(marshaller)
                .setResponseMarshaller(marshaller)
                .build();
    }

    MethodDescriptor<Frame, Frame> method() {
        return method;
    }
}
