package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmResponse;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code alarm disarm}: disarms all alarms. */
@Command(name = "disarm", customSynopsis = "alarm disarm", description = "Disarms all alarms")
final class AlarmDisarmCommand extends Act {
    AlarmDisarmCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "alarm disarm command accepts no arguments");
        AlarmRequest active = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.GET)
                .build();
        AlarmResponse.Builder all = AlarmResponse.newBuilder();
        for (AlarmMember each :
                session.read(channel -> maintenance(channel).alarm(active)).getAlarmsList()) {
            AlarmRequest off = AlarmRequest.newBuilder()
                    .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                    .setMemberID(each.getMemberID())
                    .setAlarm(each.getAlarm())
                    .build();
            AlarmResponse answer = session.write(channel -> maintenance(channel).alarm(off));
            all.setHeader(answer.getHeader()).addAllAlarms(answer.getAlarmsList());
        }
        session.printer().alarms(all.build());
    }
}
