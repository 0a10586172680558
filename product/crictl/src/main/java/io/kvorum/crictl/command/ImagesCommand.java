package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.ListImagesResponse;
import io.kvorum.crictl.print.Columns;
import io.kvorum.crictl.print.Documents;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.print.ProtoTree;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code images}: lists images. */
@Command(name = "images", customSynopsis = "[REPOSITORY[:TAG]]", description = "List images")
final class ImagesCommand extends Act {
    @Option(
            names = {"-v", "--verbose"},
            description = "Show verbose info for images")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only show image IDs")
    private boolean quiet;

    @Option(
            names = {"-f", "--filter"},
            description = ImageQuery.HELP)
    private List<String> conditions = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: table)")
    private String output = "";

    @Option(names = "--digests", description = "Show digests")
    private boolean digests;

    @Option(names = "--no-trunc", description = "Show output without truncating the ID")
    private boolean noTrunc;

    @Option(names = "--pinned", description = "Show whether the image is pinned or not")
    private boolean pinned;

    ImagesCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() <= 1, "images takes one name at most");
        Output format = Output.of(output, Output.TABLE);
        String name = arguments().isEmpty() ? "" : arguments().getFirst();
        List<Image> images = new ImageQuery(name, conditions).ask(session);
        if (format != Output.TABLE) {
            ListImagesResponse response =
                    ListImagesResponse.newBuilder().addAllImages(images).build();
            Documents.print(ProtoTree.of(response), format, session.out());
        } else if (quiet) {
            images.forEach(each -> session.out().println(each.getId()));
        } else if (verbose) {
            images.forEach(this::describe);
        } else {
            table(images);
        }
    }

    private void table(List<Image> images) {
        Columns table = new Columns(
                row("IMAGE", "TAG", "DIGEST", "IMAGE ID", "SIZE", "PINNED").toArray(String[]::new));
        for (Image each : images) {
            ImageNames names = ImageNames.of(each);
            String id = noTrunc ? each.getId() : HumanText.shortId(each.getId(), "sha256:");
            String digest = noTrunc ? names.digest() : HumanText.shortId(names.digest(), "sha256:");
            String size = HumanText.size(each.getSize(), 3);
            names.tags()
                    .forEach(tagged -> table.row(row(
                            tagged.repository(), tagged.tag(), digest, id, size, String.valueOf(each.getPinned()))));
        }
        table.print(session.out());
    }

    private List<String> row(String name, String tag, String digest, String id, String size, String isPinned) {
        List<String> row = new ArrayList<>(List.of(name, tag));
        if (digests) {
            row.add(digest);
        }
        row.add(id);
        row.add(size);
        if (pinned) {
            row.add(isPinned);
        }
        return row;
    }

    private void describe(Image image) {
        PrintStream out = session.out();
        out.println("ID: " + image.getId());
        image.getRepoTagsList().forEach(each -> out.println("RepoTags: " + each));
        image.getRepoDigestsList().forEach(each -> out.println("RepoDigests: " + each));
        if (image.getSize() != 0) {
            out.println("Size: " + Long.toUnsignedString(image.getSize()));
        }
        if (image.hasUid()) {
            out.println("Uid: " + image.getUid().getValue());
        }
        if (!image.getUsername().isEmpty()) {
            out.println("Username: " + image.getUsername());
        }
        if (image.getPinned()) {
            out.println("Pinned: true");
        }
        out.println();
    }
}
