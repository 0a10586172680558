package io.kvorum.apimachinery.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.status.ApiException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class StrategicMergePatchTest {
    private static JsonNode patchedSpec(String spec, String patch) {
        return patched("{'spec':" + spec + "}", "{'spec':" + patch + "}").get("spec");
    }

    private static JsonNode patched(String pod, String patch) {
        return StrategicMergePatch.of(Samples.json(patch), Samples.catalogue(), Samples.PODS.schema())
                .applyTo(Samples.json(pod));
    }

    @Test
    void containersMergeByName() {
        assertThat(patchedSpec(
                        "{'containers':[{'name':'a','image':'i1','args':['x']},{'name':'b','image':'i2'}]}",
                        "{'containers':[{'name':'b','image':'i3'},{'name':'c','image':'i4'}]}"))
                .isEqualTo(
                        Samples.json("{'containers':[{'name':'a','image':'i1','args':['x']},{'name':'b','image':'i3'},"
                                + "{'name':'c','image':'i4'}]}"));
    }

    @Test
    void portsMergeByNumberAndEnvByName() {
        assertThat(patchedSpec(
                        "{'containers':[{'name':'a','ports':[{'containerPort':80}],'env':[{'name':'X','value':'1'},{'name':'Y','value':'2'}]}]}",
                        "{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'http'},{'containerPort':443}],"
                                + "'env':[{'name':'X','value':'9'},{'name':'Y','$patch':'delete'}]}]}"))
                .isEqualTo(Samples.json(
                        "{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'http'},{'containerPort':443}],"
                                + "'env':[{'name':'X','value':'9'}]}]}"));
    }

    @Test
    void listsWithoutAMergeStrategyAreReplaced() {
        assertThat(patchedSpec(
                        "{'tolerations':[{'key':'a'},{'key':'b'}],'containers':[{'name':'a','args':['1','2']}]}",
                        "{'tolerations':[{'key':'c'}],'containers':[{'name':'a','args':['3']}]}"))
                .isEqualTo(Samples.json("{'tolerations':[{'key':'c'}],'containers':[{'name':'a','args':['3']}]}"));
    }

    @Test
    void mapsMergeAndNullRemoves() {
        assertThat(patched(
                        "{'metadata':{'labels':{'a':'1','b':'2'},'annotations':{'x':'y'}}}",
                        "{'metadata':{'labels':{'a':null,'c':'3'},'annotations':null}}"))
                .isEqualTo(Samples.json("{'metadata':{'labels':{'b':'2','c':'3'}}}"));
    }

    @Test
    void anElementIsDeletedByItsKey() {
        assertThat(patchedSpec(
                        "{'volumes':[{'name':'a','emptyDir':{}},{'name':'b','emptyDir':{}}]}",
                        "{'volumes':[{'$patch':'delete','name':'a'}]}"))
                .isEqualTo(Samples.json("{'volumes':[{'name':'b','emptyDir':{}}]}"));
    }

    @Test
    void deletingWhatIsNotThereLeavesNoTrace() {
        assertThat(patchedSpec("{}", "{'volumes':[{'$patch':'delete','name':'a'}]}"))
                .isEqualTo(Samples.json("{'volumes':[]}"));
    }

    @Test
    void aWholeListIsReplacedOnRequest() {
        assertThat(patchedSpec(
                        "{'containers':[{'name':'a'},{'name':'b'}]}",
                        "{'containers':[{'name':'c'},{'$patch':'replace'}]}"))
                .isEqualTo(Samples.json("{'containers':[{'name':'c'}]}"));
    }

    @Test
    void aWholeObjectIsReplacedOrEmptiedOnRequest() {
        assertThat(patchedSpec(
                        "{'nodeSelector':{'a':'1'},'hostNetwork':true}",
                        "{'nodeSelector':{'$patch':'replace','b':'2'}}"))
                .isEqualTo(Samples.json("{'nodeSelector':{'b':'2'},'hostNetwork':true}"));
        assertThat(patchedSpec("{'nodeSelector':{'a':'1'}}", "{'nodeSelector':{'$patch':'delete'}}"))
                .isEqualTo(Samples.json("{'nodeSelector':{}}"));
    }

    @Test
    void theElementOrderIsThatOfTheDirective() {
        assertThat(
                        patchedSpec(
                                "{'containers':[{'name':'a'},{'name':'b'},{'name':'c'}]}",
                                "{'$setElementOrder/containers':[{'name':'c'},{'name':'a'}],'containers':[{'name':'a','image':'i'}]}"))
                .isEqualTo(Samples.json("{'containers':[{'name':'b'},{'name':'c'},{'name':'a','image':'i'}]}"));
    }

    @Test
    void theElementOrderAloneReordersTheList() {
        assertThat(patchedSpec(
                        "{'containers':[{'name':'a'},{'name':'b'}]}",
                        "{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}"))
                .isEqualTo(Samples.json("{'containers':[{'name':'b'},{'name':'a'}]}"));
    }

    @Test
    void anApplyThatDropsAndAddsAContainerEndsInTheManifestsOrder() {
        assertThat(
                        patchedSpec(
                                "{'containers':[{'name':'old'},{'name':'web','image':'1'},{'name':'injected'}]}",
                                "{'$setElementOrder/containers':[{'name':'log'},{'name':'web'}],"
                                        + "'containers':[{'name':'log'},{'name':'web','image':'2'},{'$patch':'delete','name':'old'}]}"))
                .isEqualTo(
                        Samples.json("{'containers':[{'name':'log'},{'name':'web','image':'2'},{'name':'injected'}]}"));
    }

    @Test
    void aPatchInAnotherOrderThanItsDirectiveIsRefused() {
        assertThatThrownBy(
                        () -> patchedSpec(
                                "{}",
                                "{'$setElementOrder/containers':[{'name':'a'},{'name':'b'}],'containers':[{'name':'b'},{'name':'a'}]}"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("the order in patch list");
    }

    @Test
    void listsOfPlainValuesMergeWithoutDuplicates() {
        assertThat(patched("{'metadata':{'finalizers':['a','b']}}", "{'metadata':{'finalizers':['b','c']}}"))
                .isEqualTo(Samples.json("{'metadata':{'finalizers':['a','b','c']}}"));
    }

    @Test
    void plainValuesAreDeletedFromListsAndOrdered() {
        assertThat(patched(
                        "{'metadata':{'finalizers':['a','b','c']}}",
                        "{'metadata':{'$deleteFromPrimitiveList/finalizers':['b'],'$setElementOrder/finalizers':['d','a'],"
                                + "'finalizers':['d']}}"))
                .isEqualTo(Samples.json("{'metadata':{'finalizers':['d','a','c']}}"));
    }

    @Test
    void onlyRetainedKeysStay() {
        assertThat(patchedSpec(
                        "{'volumes':[{'name':'a','emptyDir':{}}]}",
                        "{'volumes':[{'name':'a','$retainKeys':['name','hostPath'],'hostPath':{'path':'/x'}}]}"))
                .isEqualTo(Samples.json("{'volumes':[{'name':'a','hostPath':{'path':'/x'}}]}"));
    }

    @Test
    void settingAKeyThatIsNotRetainedIsRefused() {
        assertThatThrownBy(() -> patchedSpec("{}", "{'volumes':[{'name':'a','$retainKeys':['name'],'hostPath':{}}]}"))
                .hasMessage("invalid patch format of retainKeys");
    }

    @Test
    void anElementWithoutItsMergeKeyIsRefused() {
        assertThatThrownBy(() -> patchedSpec("{'containers':[{'name':'a'}]}", "{'containers':[{'image':'x'}]}"))
                .hasMessageContaining("does not contain declared merge key: name");
    }

    @Test
    void anUnknownDirectiveIsRefused() {
        assertThatThrownBy(() -> patchedSpec("{}", "{'$patch':'explode'}"))
                .hasMessageStartingWith("unknown patch type: explode");
    }

    @Test
    void aNewListBringsNoDirectivesIntoTheObject() {
        assertThat(
                        patchedSpec(
                                "{}",
                                "{'containers':[{'name':'a','env':[{'name':'X','$patch':'delete'},{'name':'Y','value':null}]}]}"))
                .isEqualTo(Samples.json("{'containers':[{'name':'a','env':[{'name':'Y'}]}]}"));
    }

    @Test
    void unknownFieldsMergeAsPlainJson() {
        assertThat(patched("{'x':{'a':[1]}}", "{'x':{'a':[2],'b':3}}"))
                .isEqualTo(Samples.json("{'x':{'a':[2],'b':3}}"));
    }
}
