package io.kvorum.crictl.command;

import io.kvorum.crictl.print.Columns;
import io.kvorum.crictl.session.ConfigFile;
import io.kvorum.crictl.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code config}: shows and changes the configuration file. */
@Command(
        name = "config",
        customSynopsis = "[OPTION VALUE]",
        description = "Get, set and list crictl configuration options",
        footer = {
            "crictl config --set debug=true",
            "crictl config --get debug",
            "crictl config --list",
            "",
            "Options: runtime-endpoint, image-endpoint, timeout, debug, pull-image-on-create,",
            "disable-pull-on-run, max-retries"
        })
final class ConfigCommand extends Act {
    @Option(names = "--get", description = "Show the option value")
    private String shown = "";

    @Option(
            names = "--set",
            description = "Set option (can specify multiple or separate values with commas: opt1=val1,opt2=val2)")
    private List<String> set = new ArrayList<>();

    @Option(names = "--list", description = "Show all option value")
    private boolean list;

    ConfigCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        Path file = session.settings().file();
        ConfigFile config = ConfigFile.read(file);
        if (!shown.isEmpty()) {
            session.out().println(config.option(shown));
        } else if (!set.isEmpty()) {
            changed(config).write(file);
        } else if (list) {
            Columns table = new Columns("KEY", "VALUE");
            config.all().forEach((key, value) -> table.row(key, value));
            table.print(session.out());
        } else {
            demand(arguments().size() == 2, "config needs --get, --set or --list");
            config.with(arguments().getFirst(), arguments().get(1)).write(file);
        }
    }

    private ConfigFile changed(ConfigFile config) {
        ConfigFile result = config;
        for (String each : String.join(",", set).split(",", -1)) {
            int equals = each.indexOf('=');
            demand(equals > 0, "incorrectly specified option: " + each);
            result = result.with(each.substring(0, equals), each.substring(equals + 1));
        }
        return result;
    }
}
