package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.FilesystemUsage;
import io.kvorum.cri.runtime.ImageFsInfoResponse;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code imagefsinfo}: how much room images take. */
@Command(name = "imagefsinfo", description = "Return image filesystem info")
final class ImageFsInfoCommand extends Act {
    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: json)")
    private String output = "";

    @Mixin
    private TemplateFlag template = new TemplateFlag();

    ImageFsInfoCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        template.demandNone();
        demandNoArguments();
        Output format = Output.of(output, Output.JSON);
        ImageFsInfoResponse response = session.images().imageFsInfo();
        if (format == Output.TABLE) {
            describe("Container", response.getContainerFilesystemsList());
            describe("Image", response.getImageFilesystemsList());
        } else {
            Statuses statuses = new Statuses();
            statuses.add(Statuses.of(response), Map.of());
            statuses.print(format, session.out());
        }
    }

    private void describe(String kind, List<FilesystemUsage> filesystems) {
        PrintStream out = session.out();
        out.println(kind + " Filesystem ");
        for (int i = 0; i < filesystems.size(); i++) {
            FilesystemUsage each = filesystems.get(i);
            out.println("TimeStamp[%d]: %d".formatted(i, each.getTimestamp()));
            out.println("Disk[%d]: %s"
                    .formatted(i, HumanText.size(each.getUsedBytes().getValue())));
            out.println("Inodes[%d]: %d".formatted(i, each.getInodesUsed().getValue()));
            out.println("Mountpoint[%d]: %s".formatted(i, each.getFsId().getMountpoint()));
        }
    }
}
