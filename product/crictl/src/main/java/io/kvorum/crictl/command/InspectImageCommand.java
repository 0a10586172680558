package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.ImageStatusResponse;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code inspecti}: shows all that is known of images. */
@Command(
        name = "inspecti",
        customSynopsis = "IMAGE-ID [IMAGE-ID...]",
        description = "Return the status of one or more images")
final class InspectImageCommand extends Act {
    @Mixin
    private InspectFlags show = new InspectFlags();

    @Option(names = "--name", description = "Filter by image name")
    private String name = "";

    @Option(
            names = {"-f", "--filter"},
            description = ImageQuery.HELP)
    private List<String> conditions = new ArrayList<>();

    InspectImageCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        Output format = show.format();
        Statuses statuses = new Statuses();
        for (String id : argumentsOr(() -> new ImageQuery(name, conditions)
                .ask(session).stream().map(Image::getId).toList())) {
            ImageStatusResponse response = session.images()
                    .imageStatus(id, show.isVerbose())
                    .orElseThrow(() -> noSuch("image", "\"%s\" present".formatted(id)));
            if (format == Output.TABLE) {
                describe(response);
            } else {
                statuses.add(Statuses.of(response.getImage()), response.getInfoMap());
            }
        }
        statuses.print(format, session.out());
    }

    private void describe(ImageStatusResponse response) {
        Image image = response.getImage();
        PrintStream out = session.out();
        out.println("ID: " + image.getId());
        image.getRepoTagsList().forEach(each -> out.println("Tag: " + each));
        image.getRepoDigestsList().forEach(each -> out.println("Digest: " + each));
        out.println("Size: " + HumanText.size(image.getSize(), 3));
        if (show.isVerbose()) {
            out.println("Info: " + HumanText.map(response.getInfoMap()));
        }
    }
}
