package io.kvorum.apimachinery.protobuf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How objects of one type travel; immutable, any thread. */
final class Message {
    private final @Nullable MessageField[] byNumber;
    private final Map<String, MessageField> byName = new HashMap<>();
    private final List<MessageField> inlined;

    Message(List<MessageField> fields) {
        byNumber = new MessageField
                [1 + fields.stream().mapToInt(MessageField::number).max().orElse(0)];
        for (MessageField field : fields) {
            byNumber[field.number()] = field;
            if (field.shape() != MessageField.Shape.INLINE) {
                byName.put(field.jsonName(), field);
            }
        }
        inlined = fields.stream()
                .filter(field -> field.shape() == MessageField.Shape.INLINE)
                .toList();
    }

    @Nullable
    MessageField field(int number) {
        return number < byNumber.length ? byNumber[number] : null;
    }

    @Nullable
    MessageField field(String jsonName) {
        return byName.get(jsonName);
    }

    /** The fields whose own fields stand in the JSON object of this message. */
    List<MessageField> inlined() {
        return inlined;
    }
}
