package io.kvorum.kubelet.probe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The question of grpc.health.v1: is this service serving? Two messages of one field each need no generated code. */
final class GrpcHealth {
    private static final int SERVING = 1;

    private static final MethodDescriptor<String, Integer> CHECK = MethodDescriptor.<String, Integer>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setRequestMarshaller(new ServiceName())
            .setResponseMarshaller(new ServingStatus())
            .build();

    private GrpcHealth() {}

    static CheckOutcome check(String host, int port, String service, Duration timeout) {
        ManagedChannel channel = Grpc.newChannelBuilderForAddress(host, port, InsecureChannelCredentials.create())
                .userAgent("kube-probe/1.36")
                .build();
        try {
            int status = ClientCalls.blockingUnaryCall(
                    channel,
                    CHECK,
                    CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS),
                    service);
            return status == SERVING
                    ? CheckOutcome.HEALTHY
                    : CheckOutcome.unhealthy("service unhealthy (responded with \"%d\")".formatted(status));
        } catch (StatusRuntimeException failure) {
            return CheckOutcome.unhealthy("failed to connect service \"%s:%d\": %s"
                    .formatted(host, port, failure.getStatus().getCode()));
        } finally {
            channel.shutdownNow();
        }
    }

    private static final class ServiceName implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String service) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                out.writeString(1, service);
                out.flush();
                return new ByteArrayInputStream(bytes.toByteArray());
            } catch (IOException inMemory) {
                throw new UncheckedIOException(inMemory);
            }
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException("a client reads no requests");
        }
    }

    private static final class ServingStatus implements MethodDescriptor.Marshaller<Integer> {
        @Override
        public InputStream stream(Integer status) {
            throw new UnsupportedOperationException("a client sends no responses");
        }

        @Override
        public Integer parse(InputStream stream) {
            try {
                CodedInputStream in = CodedInputStream.newInstance(stream);
                int status = 0;
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    if (tag == 8) {
                        status = in.readEnum();
                    } else {
                        in.skipField(tag);
                    }
                }
                return status;
            } catch (IOException malformed) {
                throw new UncheckedIOException(malformed);
            }
        }
    }
}
