package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmType;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code alarm list}: lists all alarms. */
@Command(name = "list", customSynopsis = "alarm list", description = "Lists all alarms")
final class AlarmListCommand extends Act {
    AlarmListCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "alarm list command accepts no arguments");
        AlarmRequest request = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.GET)
                .setAlarm(AlarmType.NONE)
                .build();
        session.printer().alarms(session.read(channel -> maintenance(channel).alarm(request)));
    }
}
