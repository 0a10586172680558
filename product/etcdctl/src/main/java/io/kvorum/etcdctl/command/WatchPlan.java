package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.WatchCreateRequest;
import java.util.List;

/** What to watch, and the command to run for each event; none when empty. */
record WatchPlan(WatchCreateRequest request, List<String> command) {
    WatchPlan {
        command = List.copyOf(command);
    }
}
