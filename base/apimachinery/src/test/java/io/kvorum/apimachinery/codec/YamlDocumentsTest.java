package io.kvorum.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class YamlDocumentsTest {
    @Test
    void aFileHoldsSeveralDocumentsAndEmptyOnesDoNotCount() {
        assertThat(YamlDocuments.read("# nothing\n---\na: 1\n---\n---\n{\"b\": [true, null]}\n"))
                .hasToString("[{\"a\":1}, {\"b\":[true,null]}]");
    }

    @Test
    void modesAreOctalAndUnquotedWordsMayBeTrueAsForKubectl() {
        assertThat(YamlDocuments.read("defaultMode: 0644\nzero: 0\nport: 80\nquoted: \"0644\"\n"))
                .hasToString("[{\"defaultMode\":420,\"zero\":0,\"port\":80,\"quoted\":\"0644\"}]");
        assertThat(YamlDocuments.read("[yes, off, 'yes', yesterday]"))
                .hasToString("[[true,false,\"yes\",\"yesterday\"]]");
    }

    @Test
    void whatIsNoYamlIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> YamlDocuments.read("a: [1\nb: 2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2");
    }
}
