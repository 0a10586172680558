package io.kvorum.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * As much of OpenRC as runs a service: its commands in place of systemd's on a host, reading units as OpenRC does, as shell
 * scripts whose command_args are words once more.
 */
final class OpenRc {
    private static final String OPENRC_RUN = """
            #!/bin/sh
            # openrc-run UNIT ACTION
            unit=$1 action=$2
            RC_SVCNAME=${unit##*/}
            after() { :; }
            want() { :; }
            . "$unit" || exit 1
            running() { [ -s "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
            start() {
              [ "$supervisor" = supervise-daemon ] || exit 1
              depend && start_pre || exit 1
              eval "set -- $command_args"
              setsid "$command" "$@" </dev/null >>"$output_log" 2>>"$error_log" &
              echo $! >"$pidfile"
            }
            stop() {
              running && kill "$(cat "$pidfile")"
              while running; do sleep 0.1; done
              rm -f "$pidfile"
            }
            case $action in
              start) running || start ;;
              stop) stop ;;
              restart) stop; start ;;
              status) running ;;
              *) exit 1 ;;
            esac
            """;
    private static final String RC_SERVICE = """
            #!/bin/sh
            [ "$1" != -q ] || shift
            exec "/etc/init.d/$1" "$2"
            """;
    private static final String RC_UPDATE = """
            #!/bin/sh
            [ "$1" != -q ] || shift
            case $1 in
              add) echo "$2 $3" >>/etc/runlevels ;;
              delete) grep -vx "$2 $3" /etc/runlevels >/etc/runlevels.new; mv /etc/runlevels.new /etc/runlevels ;;
            esac
            """;

    private OpenRc() {}

    /** From now on the host has OpenRC; what systemd runs there goes on. */
    static void replaceSystemd(Machines machines, String host) throws IOException {
        Map<String, String> commands =
                Map.of("openrc-run", OPENRC_RUN, "rc-service", RC_SERVICE, "rc-update", RC_UPDATE);
        Path folder = machines.lab().path(host, "/usr/sbin");
        for (Map.Entry<String, String> command : commands.entrySet()) {
            Path file = Files.writeString(folder.resolve(command.getKey()), command.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        machines.root(host, "mkdir -p /etc/init.d; mount -t tmpfs nothing /run/systemd");
    }
}
