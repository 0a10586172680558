package io.kvorum.crictl.command;

import com.google.protobuf.MessageOrBuilder;
import io.kvorum.crictl.print.Documents;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.print.ProtoTree;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Collects what the inspecting commands show: one status stands alone, several are a list. */
final class Statuses {
    /** What a container that has not begun, or not ended, shows for that moment. */
    static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

    private final List<ObjectNode> documents = new ArrayList<>();

    static ObjectNode of(MessageOrBuilder status) {
        return ProtoTree.of(status);
    }

    void add(ObjectNode status, Map<String, String> information) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.set("status", status);
        Documents.addInformation(document, information);
        documents.add(document);
    }

    void print(Output format, PrintStream out) {
        if (documents.size() == 1) {
            Documents.print(Documents.sorted(documents.getFirst()), format, out);
        } else if (!documents.isEmpty()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            documents.forEach(each -> all.add(Documents.sorted(each)));
            Documents.print(all, format, out);
        }
    }

    static String timestamp(long nanoseconds, ZoneId zone) {
        return HumanText.timestamp(HumanText.ofNanoseconds(nanoseconds), zone);
    }
}
