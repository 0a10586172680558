package io.kvorum.etcdserver;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls and their messages, by method. Any thread. */
final class CallTally extends ServerStreamTracer.Factory {
    /** Methods that are not there are the caller's invention: they share one line, or they would fill the memory. */
    private static final String UNKNOWN = "unknown/unknown";

    private final Map<String, OfMethod> methods = new ConcurrentSkipListMap<>();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();

    /** What is counted of one method. */
    static final class OfMethod {
        private final MethodType type;
        final LongAdder started = new LongAdder();
        final LongAdder received = new LongAdder();
        final LongAdder sent = new LongAdder();
        private final AtomicLongArray ended = new AtomicLongArray(Status.Code.values().length);

        private OfMethod(MethodType type) {
            this.type = type;
        }

        /** As Prometheus' interceptors for gRPC name it. */
        String type() {
            return switch (type) {
                case UNARY -> "unary";
                case CLIENT_STREAMING -> "client_stream";
                case SERVER_STREAMING -> "server_stream";
                case BIDI_STREAMING -> "bidi_stream";
                case UNKNOWN -> "unknown";
            };
        }

        long ended(Status.Code code) {
            return ended.get(code.value());
        }

        private long allEnded() {
            long sum = 0;
            for (int i = 0; i < ended.length(); i++) {
                sum += ended.get(i);
            }
            return sum;
        }

        long underWay() {
            return Math.max(0, started.sum() - allEnded());
        }
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
        return new Tracer();
    }

    /** One call. */
    private final class Tracer extends ServerStreamTracer {
        private volatile OfMethod method = new OfMethod(MethodType.UNKNOWN);
        private boolean isKnown;

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> call) {
            isKnown = true;
            method = methods.computeIfAbsent(
                    call.getMethodDescriptor().getFullMethodName(),
                    name -> new OfMethod(call.getMethodDescriptor().getType()));
            method.started.increment();
        }

        @Override
        public void inboundMessage(int number) {
            method.received.increment();
        }

        @Override
        public void outboundMessage(int number) {
            method.sent.increment();
        }

        @Override
        public void inboundWireSize(long bytes) {
            receivedBytes.add(bytes);
        }

        @Override
        public void outboundWireSize(long bytes) {
            sentBytes.add(bytes);
        }

        @Override
        public void streamClosed(Status status) {
            if (!isKnown) {
                method = methods.computeIfAbsent(UNKNOWN, name -> new OfMethod(MethodType.UNKNOWN));
                method.started.increment();
            }
            method.ended.incrementAndGet(status.getCode().value());
        }
    }

    Map<String, OfMethod> methods() {
        return methods;
    }

    /** Of a method whose name ends like this. */
    long ended(String suffix, Status.Code code) {
        return methods.entrySet().stream()
                .filter(method -> method.getKey().endsWith(suffix))
                .mapToLong(method -> method.getValue().ended(code))
                .sum();
    }

    long receivedBytes() {
        return receivedBytes.sum();
    }

    long sentBytes() {
        return sentBytes.sum();
    }
}
