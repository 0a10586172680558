package io.kvorum.etcdctl.print;

import com.google.protobuf.Message;
import io.kvorum.snapshot.SnapshotStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The answer's own bytes. */
final class ProtobufPrinter implements Printer {
    private final PrintStream out;

    ProtobufPrinter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void message(Message answer) {
        try {
            out.write(answer.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void health(List<EndpointHealth> endpoints) {
        throw new Unsupported("protobuf");
    }

    @Override
    public void status(List<EndpointStatus> endpoints) {
        throw new Unsupported("protobuf");
    }

    @Override
    public void snapshot(SnapshotStatus snapshot) {
        throw new Unsupported("protobuf");
    }

    @Override
    public void hashes(List<EndpointHash> endpoints) {
        throw new Unsupported("protobuf");
    }
}
