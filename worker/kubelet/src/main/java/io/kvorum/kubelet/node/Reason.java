package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** Why a call to the API failed, in a line for the log; any thread. */
final class Reason {
    private Reason() {}

    /** The server's own words alone where it answered: the client repeats them twice between the request and the object. */
    static String of(Throwable failure) {
        if (failure instanceof KubernetesClientException refused
                && refused.getStatus() != null
                && refused.getStatus().getMessage() != null) {
            return refused.getStatus().getMessage();
        }
        // what the client says of a lost connection is in the cause alone
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.equals(failure) ? String.valueOf(failure.getMessage()) : failure.getMessage() + " (" + root + ")";
    }
}
