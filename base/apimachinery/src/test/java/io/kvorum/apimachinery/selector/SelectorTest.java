package io.kvorum.apimachinery.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.codec.JsonText;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.GroupVersionResource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

final class SelectorTest {
    private static final GroupVersionResource PODS = Samples.PODS.id();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b|true",
                "a==b|true",
                "a = b|true",
                "a!=b|false",
                "x!=b|true",
                "a in (b,c)|true",
                "a in (c)|false",
                "a notin (c)|true",
                "x notin (c)|true",
                "a|true",
                "!a|false",
                "!x|true",
                "x|false",
                "n>5|true",
                "n<5|false",
                "a=b,n=7,!x|true",
                "a=b,x=y|false",
                "in in (in)|false",
                "e=|true",
                "e in ()|true",
                "''|true"
            })
    void aLabelSelectorMatches(String selector, boolean matches) {
        Map<String, String> labels = Map.of("a", "b", "n", "7", "e", "");

        assertThat(LabelSelector.parse(selector).matches(labels)).isEqualTo(matches);
        assertThat(LabelSelector.parse(LabelSelector.parse(selector).toString()).matches(labels))
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a=b,|found '', expected: identifier after ','",
                "a b|unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
                "a in b|unable to parse requirement: found 'b' expected: '('",
                "=b|unable to parse requirement: found '=', expected: !, identifier, or 'end of string'",
                "a=b c|found 'c', expected: ',' or 'end of string'"
            })
    void aMalformedLabelSelectorIsRefused(String selector, String message) {
        assertThatThrownBy(() -> LabelSelector.parse(selector)).hasMessage(message);
    }

    @Test
    void keysAndValuesFollowTheRulesOfLabels() {
        assertThatThrownBy(() -> LabelSelector.parse("-a=b"))
                .hasMessageStartingWith(
                        "unable to parse requirement: key: Invalid value: \"-a\": name part must consist");
        assertThatThrownBy(() -> LabelSelector.parse("a=b@"))
                .hasMessageContaining("Invalid value: \"b@\": a valid label must be an empty string or consist");
    }

    @Test
    void aSelectorObjectJoinsLabelsAndExpressions() {
        LabelSelector selector = LabelSelector.of(
                Samples.json(
                        "{'matchLabels':{'a':'b'},"
                                + "'matchExpressions':[{'key':'t','operator':'In','values':['x','y']},{'key':'z','operator':'DoesNotExist'}]}"));

        assertThat(selector.matches(Map.of("a", "b", "t", "x"))).isTrue();
        assertThat(selector.matches(Map.of("a", "b", "t", "q"))).isFalse();
        assertThat(selector.matches(Map.of("a", "b", "t", "x", "z", ""))).isFalse();
        assertThat(selector).hasToString("a=b,t in (x,y),!z");
    }

    @Test
    void anEmptySelectorObjectMatchesAllAndAMissingOneNothing() {
        assertThat(LabelSelector.of(Tree.object()).matches(Map.of())).isTrue();
        assertThat(LabelSelector.of(Tree.at(Tree.object(), "selector")).matches(Map.of()))
                .isFalse();
    }

    @Test
    void fieldsAreFoundInBytesAndInTrees() {
        ObjectNode pod = Samples.json("{'kind':'Pod','metadata':{'labels':{'app':'web'},'name':'a','namespace':'n'},"
                + "'spec':{'containers':[{'name':'x','nodeName':'no'}],'nodeName':'n1'},'status':{'phase':'Running'}}");

        assertMatches(pod, "app=web", "spec.nodeName=n1,status.phase=Running,metadata.name==a", true);
        assertMatches(pod, "app=web", "spec.nodeName!=n1", false);
        assertMatches(pod, "app=db", "", false);
        assertMatches(pod, "", "spec.hostNetwork=false,spec.schedulerName=", true);
        assertMatches(pod, "", "metadata.namespace=other", false);
    }

    private static void assertMatches(ObjectNode object, String labels, String fields, boolean expected) {
        Selection selection = Selection.parse(PODS, labels, fields);
        assertThat(selection.matches(object)).isEqualTo(expected);
        assertThat(selection.matches(JsonText.stored(object))).isEqualTo(expected);
    }

    @Test
    void theSourceOfAnEventIsItsComponentOrItsReporter() {
        GroupVersionResource events = new GroupVersionResource("", "v1", "events");
        ObjectNode old = Samples.json("{'source':{'component':'kubelet'},'involvedObject':{'name':'a'}}");
        ObjectNode recent = Samples.json("{'source':{},'reportingComponent':'kubelet'}");

        assertThat(Selection.parse(events, "", "source=kubelet,involvedObject.name=a")
                        .matches(old))
                .isTrue();
        assertThat(Selection.parse(events, "", "source=kubelet").matches(JsonText.stored(recent)))
                .isTrue();
    }

    @Test
    void unsupportedFieldsAreRefused() {
        assertThatThrownBy(() -> Selection.parse(PODS, "", "spec.foo=1"))
                .isInstanceOf(ApiException.class)
                .hasMessage("field label not supported: spec.foo");
        assertThatThrownBy(() -> Selection.parse(new GroupVersionResource("", "v1", "configmaps"), "", "data=1"))
                .hasMessage("\"data\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        assertThatThrownBy(() -> Selection.parse(PODS, "", "spec.nodeName"))
                .hasMessage("invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'");
    }

    @Test
    void escapesInFieldValuesAreUndone() {
        FieldSelector selector = FieldSelector.parse("metadata.name=a\\,b\\=c\\\\");

        assertThat(selector.terms().getFirst().value()).isEqualTo("a,b=c\\");
        assertThat(FieldSelector.parse(selector.toString())).isEqualTo(selector);
        assertThat(selector.exact("metadata.name")).contains("a,b=c\\");
    }
}
