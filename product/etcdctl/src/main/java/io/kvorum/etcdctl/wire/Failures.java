package io.kvorum.etcdctl.wire;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Locale;

/** The text etcd's command line shows for a failed call. */
public final class Failures {
    private Failures() {}

    public static String text(StatusRuntimeException failure) {
        return text(failure.getStatus());
    }

    public static String text(StatusException failure) {
        return text(failure.getStatus());
    }

    public static String text(Status status) {
        String description = status.getDescription() == null ? "" : status.getDescription();
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && !description.startsWith("etcdserver:")) {
            return "context deadline exceeded";
        }
        if (status.getCode() == Status.Code.CANCELLED && !description.startsWith("etcdserver:")) {
            return "context canceled";
        }
        if (description.startsWith("etcdserver:")) {
            return description;
        }
        return "rpc error: code = %s desc = %s".formatted(goName(status.getCode()), description);
    }

    private static String goName(Status.Code code) {
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
