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
    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: json)")
    private String output = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not show verbose information")
    private boolean quiet;

    @Mixin
    private TemplateFlag template = new TemplateFlag();

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
        template.demandNone();
        Output format = Output.of(output, Output.JSON);
        Statuses statuses = new Statuses();
        for (String id : chosen()) {
            ImageStatusResponse response = session.images()
                    .imageStatus(id, !quiet)
                    .orElseThrow(() -> noSuch("image", "\"%s\" present".formatted(id)));
            if (format == Output.TABLE) {
                describe(response);
            } else {
                statuses.add(Statuses.of(response.getImage()), response.getInfoMap());
            }
        }
        statuses.print(format, session.out());
    }

    private List<String> chosen() {
        if (!arguments().isEmpty()) {
            return arguments();
        }
        List<String> found = new ImageQuery(name, conditions)
                .ask(session).stream().map(Image::getId).toList();
        demand(!found.isEmpty(), "No IDs provided or nothing found per filter");
        return found;
    }

    private void describe(ImageStatusResponse response) {
        Image image = response.getImage();
        PrintStream out = session.out();
        out.println("ID: " + image.getId());
        image.getRepoTagsList().forEach(each -> out.println("Tag: " + each));
        image.getRepoDigestsList().forEach(each -> out.println("Digest: " + each));
        out.println("Size: " + HumanText.size(image.getSize(), 3));
        if (!quiet) {
            out.println("Info: " + HumanText.map(response.getInfoMap()));
        }
    }
}
