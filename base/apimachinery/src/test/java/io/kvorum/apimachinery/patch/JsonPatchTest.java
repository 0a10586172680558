package io.kvorum.apimachinery.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

final class JsonPatchTest {
    private static JsonNode operations(String text) {
        return Samples.json("{'ops':" + text + "}").get("ops");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':1}|[{'op':'add','path':'/b','value':{'c':[]}}]|{'a':1,'b':{'c':[]}}",
                "{'a':[1,3]}|[{'op':'add','path':'/a/1','value':2}]|{'a':[1,2,3]}",
                "{'a':[1]}|[{'op':'add','path':'/a/-','value':2}]|{'a':[1,2]}",
                "{'a':[1]}|[{'op':'add','path':'/a/1','value':2}]|{'a':[1,2]}",
                "{'a':[1,2]}|[{'op':'remove','path':'/a/0'}]|{'a':[2]}",
                "{'a':{'b':1,'c':2}}|[{'op':'remove','path':'/a/b'}]|{'a':{'c':2}}",
                "{'a':1}|[{'op':'replace','path':'/a','value':2}]|{'a':2}",
                "{'a':[1,2]}|[{'op':'replace','path':'/a/1','value':9}]|{'a':[1,9]}",
                "{'a':{'x':1}}|[{'op':'move','from':'/a/x','path':'/b'}]|{'a':{},'b':1}",
                "{'a':{'x':1}}|[{'op':'copy','from':'/a','path':'/b'}]|{'a':{'x':1},'b':{'x':1}}",
                "{'a':1}|[{'op':'test','path':'/a','value':1.0},{'op':'add','path':'/b','value':2}]|{'a':1,'b':2}",
                "{'a':1}|[{'op':'test','path':'/b','value':null}]|{'a':1}",
                "{'a/b':{'~':1}}|[{'op':'replace','path':'/a~1b/~0','value':2}]|{'a/b':{'~':2}}",
                "{'a':1}|[{'op':'replace','path':'','value':{'b':2}}]|{'b':2}"
            })
    void operationsChangeTheObject(String before, String patch, String after) {
        assertThat(JsonPatch.of(operations(patch)).applyTo(Samples.json(before)))
                .isEqualTo(Samples.json(after));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':1}|[{'op':'test','path':'/a','value':2}]",
                "{'a':1}|[{'op':'remove','path':'/b'}]",
                "{'a':1}|[{'op':'replace','path':'/b','value':1}]",
                "{'a':1}|[{'op':'add','path':'/b/c','value':1}]",
                "{'a':[1]}|[{'op':'add','path':'/a/3','value':1}]",
                "{'a':[1]}|[{'op':'remove','path':'/a/x'}]",
                "{'a':1}|[{'op':'move','from':'/x','path':'/b'}]",
                "{'a':1}|[{'op':'replace','path':'','value':3}]"
            })
    void whatDoesNotFitIsUnprocessable(String before, String patch) {
        assertThatThrownBy(() -> JsonPatch.of(operations(patch)).applyTo(Samples.json(before)))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.status().code()).isEqualTo(422);
                    assertThat(e.status().message())
                            .isEqualTo("the server rejected our request due to an error in our request");
                });
    }

    @Test
    void aFailedOperationLeavesTheGivenObjectAsItWas() {
        var before = Samples.json("{'a':1}");
        JsonPatch patch = JsonPatch.of(operations("[{'op':'remove','path':'/a'},{'op':'test','path':'/b','value':1}]"));

        assertThatThrownBy(() -> patch.applyTo(before)).isInstanceOf(ApiException.class);
        assertThat(before).isEqualTo(Samples.json("{'a':1}"));
    }

    @Test
    void aMalformedPatchIsABadRequest() {
        assertThatThrownBy(() -> JsonPatch.of(operations("{}")))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status().code()).isEqualTo(400));
        assertThatThrownBy(() -> JsonPatch.of(operations("[{'op':'jump','path':'/a'}]")))
                .hasMessage("Unexpected kind: jump");
    }

    @Test
    void tooManyOperationsAreRefused() {
        ArrayNode many = Tree.array();
        for (int i = 0; i <= 10_000; i++) {
            many.add(Samples.json("{'op':'test','path':'/a','value':1}"));
        }
        assertThatThrownBy(() -> JsonPatch.of(many))
                .hasMessage(
                        "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001");
    }

    @Test
    void copiesThatGrowExponentiallyAreRefused() {
        ArrayNode doubling = Tree.array();
        for (int i = 0; i < 64; i++) {
            doubling.add(Samples.json("{'op':'copy','from':'/a','path':'/a/-'}"));
        }
        assertThatThrownBy(() -> JsonPatch.of(doubling).applyTo(Samples.json("{'a':[1]}")))
                .isInstanceOf(ApiException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':'b'}|{'a':'c'}|{'a':'c'}",
                "{'a':'b'}|{'b':'c'}|{'a':'b','b':'c'}",
                "{'a':'b'}|{'a':null}|{}",
                "{'a':['b']}|{'a':'c'}|{'a':'c'}",
                "{'a':'c'}|{'a':['b']}|{'a':['b']}",
                "{'a':{'b':'c'}}|{'a':{'b':'d','c':null}}|{'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}|{'a':[1]}|{'a':[1]}",
                "{}|{'a':{'bb':{'ccc':null}}}|{'a':{'bb':{}}}"
            })
    void mergePatchesFollowTheirRfc(String before, String patch, String after) {
        assertThat(new MergePatch(Samples.json(patch)).applyTo(Samples.json(before)))
                .isEqualTo(Samples.json(after));
    }
}
