package io.kvorum.apimachinery.protobuf;

import static io.kvorum.apimachinery.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Meta.Time;
import io.kubernetes.client.proto.Meta.WatchEvent;
import io.kubernetes.client.proto.Resource.Quantity;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kvorum.apimachinery.codec.Encoding;
import io.kvorum.apimachinery.codec.FieldValidation;
import io.kvorum.apimachinery.codec.Limits;
import io.kvorum.apimachinery.codec.ObjectCodec;
import io.kvorum.apimachinery.codec.Target;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ProtobufCodecTest {
    private static final ProtobufCodec CODEC = ProtobufCodec.builtIn();
    private static final String POD = "io.k8s.api.core.v1.Pod";
    private static final ObjectNode WEB = json("""
            {'kind':'Pod','apiVersion':'v1',
             'metadata':{'name':'web','creationTimestamp':'2026-01-02T03:04:05Z','labels':{'app':'web'}},
             'spec':{'containers':[{'name':'c','image':'nginx','resources':{'limits':{'cpu':'500m'}},
               'ports':[{'containerPort':80}],
               'livenessProbe':{'httpGet':{'path':'/','port':'http'},'periodSeconds':5},
               'env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'s','key':'k','optional':false}}}]}],
               'volumes':[{'name':'v','hostPath':{'path':'/x'}}],
               'terminationGracePeriodSeconds':0}}""");

    @Test
    void upstreamsClassesReadAPod() throws Exception {
        V1.Pod pod = V1.Pod.parseFrom(unwrapped(CODEC.encode(WEB, POD)).getRaw());

        assertThat(pod.getMetadata().getName()).isEqualTo("web");
        assertThat(pod.getMetadata().getCreationTimestamp().getSeconds()).isEqualTo(1767323045);
        assertThat(pod.getMetadata().getLabelsMap()).containsEntry("app", "web");
        V1.Container container = pod.getSpec().getContainers(0);
        assertThat(container.getResources().getLimitsMap().get("cpu").getString())
                .isEqualTo("500m");
        assertThat(container.getLivenessProbe().getHandler().getHttpGet().getPort())
                .isEqualTo(IntOrString.newBuilder()
                        .setType(1)
                        .setIntVal(0)
                        .setStrVal("http")
                        .build());
        V1.SecretKeySelector secret = container.getEnv(0).getValueFrom().getSecretKeyRef();
        assertThat(secret.getLocalObjectReference().getName()).isEqualTo("s");
        assertThat(secret.hasOptional()).isTrue();
        assertThat(pod.getSpec().getVolumes(0).getVolumeSource().getHostPath().getPath())
                .isEqualTo("/x");
        assertThat(pod.getSpec().hasTerminationGracePeriodSeconds()).isTrue();
        assertThat(pod.getSpec().hasActiveDeadlineSeconds()).isFalse();
    }

    @Test
    void aZeroThatGoAlwaysWritesIsLeftOutAndOneBehindAPointerStays() {
        V1Apps.Deployment deployment = V1Apps.Deployment.newBuilder()
                .setMetadata(ObjectMeta.newBuilder()
                        .setName("web")
                        .setGenerateName("")
                        .setUid("")
                        .setGeneration(0)
                        .setCreationTimestamp(Time.newBuilder()))
                .setSpec(V1Apps.DeploymentSpec.newBuilder()
                        .setReplicas(0)
                        .setMinReadySeconds(0)
                        .setPaused(false)
                        .setTemplate(V1.PodTemplateSpec.newBuilder()
                                .setSpec(V1.PodSpec.newBuilder()
                                        .setHostNetwork(false)
                                        .setAutomountServiceAccountToken(false)
                                        .addContainers(V1.Container.newBuilder()
                                                .setName("c")
                                                .setImage("")
                                                .setResources(V1.ResourceRequirements.newBuilder())))))
                .setStatus(V1Apps.DeploymentStatus.newBuilder().setReplicas(0))
                .build();

        assertThat(CODEC.decode(wrapped("apps/v1", "Deployment", deployment))).isEqualTo(json("""
                {'kind':'Deployment','apiVersion':'apps/v1','metadata':{'name':'web'},
                 'spec':{'replicas':0,'template':{'spec':{'containers':[{'name':'c','resources':{}}],
                   'automountServiceAccountToken':false}}},'status':{}}"""));
    }

    @Test
    void requiredFieldsKeepTheirZero() {
        V1.Pod pod = V1.Pod.newBuilder()
                .setStatus(V1.PodStatus.newBuilder()
                        .addContainerStatuses(V1.ContainerStatus.newBuilder()
                                .setName("c")
                                .setReady(false)
                                .setRestartCount(0)
                                .setContainerID("")))
                .build();

        assertThat(CODEC.decode(wrapped("v1", "Pod", pod)).at("/status/containerStatuses/0"))
                .isEqualTo(json("{'name':'c','ready':false,'restartCount':0}"));
    }

    @Test
    void whatGoWritesOfAStructIsWhatItsJsonHas() {
        V1.Service service = V1.Service.newBuilder()
                .setSpec(V1.ServiceSpec.newBuilder()
                        .addPorts(V1.ServicePort.newBuilder().setPort(80).setTargetPort(IntOrString.newBuilder())))
                .build();
        V1.ResourceFieldSelector divisor = V1.ResourceFieldSelector.newBuilder()
                .setDivisor(Quantity.newBuilder())
                .build();
        V1.Pod pod = V1.Pod.newBuilder()
                .setSpec(V1.PodSpec.newBuilder()
                        .addContainers(V1.Container.newBuilder()
                                .addEnv(V1.EnvVar.newBuilder()
                                        .setValueFrom(
                                                V1.EnvVarSource.newBuilder().setResourceFieldRef(divisor)))))
                .build();

        assertThat(CODEC.decode(wrapped("v1", "Service", service)).at("/spec/ports/0"))
                .isEqualTo(json("{'port':80,'targetPort':0}"));
        assertThat(CODEC.decode(wrapped("v1", "Pod", pod))
                        .at("/spec/containers/0/env/0/valueFrom/resourceFieldRef/divisor")
                        .stringValue())
                .isEqualTo("0");
    }

    @Test
    void secretsAreBase64InJsonAndPlainOnTheWire() throws Exception {
        ObjectNode secret = json("{'kind':'Secret','apiVersion':'v1','data':{'a':'aGVsbG8=','empty':''}}");

        byte[] bytes = CODEC.encode(secret);

        assertThat(V1.Secret.parseFrom(unwrapped(bytes).getRaw())
                        .getDataMap()
                        .get("a")
                        .toStringUtf8())
                .isEqualTo("hello");
        assertThat(CODEC.decode(bytes)).isEqualTo(secret);
    }

    @Test
    void schemasThatMayBeFlagsOrListsFindTheirWay() {
        ObjectNode definition = json("""
                {'kind':'CustomResourceDefinition','apiVersion':'apiextensions.k8s.io/v1',
                 'spec':{'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{
                   'type':'object','x-kubernetes-preserve-unknown-fields':true,'$ref':'#/x','default':{'a':[1,2.5,null]},
                   'enum':['a',1,true],'additionalProperties':false,'minimum':1.5,
                   'properties':{'a':{'items':[{'type':'string'},{'type':'integer'}]},
                     'b':{'items':{'type':'string'},'additionalProperties':{'type':'string'}}},
                   'dependencies':{'c':['d','e'],'f':{'type':'string'}}}}}]}}""");

        assertThat(CODEC.decode(CODEC.encode(definition))).isEqualTo(definition);
    }

    @Test
    void aListIsWrittenItemByItem() throws Exception {
        List<ObjectNode> pods = IntStream.range(0, 3000)
                .mapToObj(i ->
                        json("{'metadata':{'name':'pod-%d','annotations':{'a':'%s'}}}".formatted(i, "x".repeat(2000))))
                .toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ProtobufList written = new ProtobufList(CODEC, POD, pods.size(), pods::get);
        written.measure(json("{'resourceVersion':'42','remainingItemCount':7}"));
        written.write("v1", "PodList", out);

        Unknown envelope = unwrapped(out.toByteArray());
        assertThat(envelope.getTypeMeta())
                .isEqualTo(TypeMeta.newBuilder()
                        .setApiVersion("v1")
                        .setKind("PodList")
                        .build());
        V1.PodList list = V1.PodList.parseFrom(envelope.getRaw());
        assertThat(list.getMetadata().getResourceVersion()).isEqualTo("42");
        assertThat(list.getItemsCount()).isEqualTo(3000);
        assertThat(list.getItems(2999).getMetadata().getName()).isEqualTo("pod-2999");
    }

    @Test
    void aFrameIsItsLengthAndAnEventAroundTheObject() throws Exception {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(CODEC.frame("MODIFIED", WEB)));
        byte[] frame = in.readNBytes(in.readInt());

        assertThat(in.available()).isZero();
        WatchEvent event = WatchEvent.parseFrom(frame);
        assertThat(event.getType()).isEqualTo("MODIFIED");
        assertThat(CODEC.decode(event.getObject().getRaw().toByteArray())).isEqualTo(WEB);
    }

    @Test
    void aBodyOfAnotherKindOrNoProtobufIsABadRequest() {
        ObjectCodec codec = new ObjectCodec(BuiltInCatalogue.load(), Limits.UPSTREAM);
        Target pod = Target.of(new GroupVersion("", "v1").kind("Pod"), POD);
        byte[] service = CODEC.encode(json("{'kind':'Service','apiVersion':'v1','metadata':{'name':'x'}}"));

        assertThatThrownBy(() -> codec.decode(service, Encoding.PROTOBUF, pod, FieldValidation.WARN))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("cannot be handled as a Pod");
        assertThatThrownBy(() -> codec.decode(
                        "{}".getBytes(StandardCharsets.UTF_8), Encoding.PROTOBUF, pod, FieldValidation.WARN))
                .isInstanceOf(ApiException.class)
                .hasMessage("the object provided is unrecognized (must be of type Pod): proto: provided data does not"
                        + " appear to be a protobuf message, expected prefix k8s ({})");
    }

    @Test
    void aBodyOfAKindThatDoesNotTravelSoIsOfAnUnsupportedType() {
        ObjectCodec codec = new ObjectCodec(BuiltInCatalogue.load(), Limits.UPSTREAM);
        Target custom = Target.of(new GroupVersion("example.com", "v1").kind("Thing"), "com.example.v1.Thing");

        assertThatThrownBy(() -> codec.decode(new byte[4], Encoding.PROTOBUF, custom, FieldValidation.WARN))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status().code()).isEqualTo(415));
    }

    @Test
    void nestingIsBounded() {
        MessageTables tables = MessageTables.read();
        io.kvorum.apimachinery.protobuf.Message schema =
                tables.message("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps");
        MessageField not = schema.field("not");
        assertThat(not).isNotNull();
        byte[] bytes = {};
        for (int i = 0; i < 2000; i++) {
            WireWriter out = new WireWriter();
            out.bytes(not.number(), bytes);
            bytes = out.toByteArray();
        }
        byte[] nested = bytes;

        assertThatThrownBy(() -> new MessageDecoder(tables, new WireReader(nested, 0, nested.length), 100)
                        .fields(schema, json("{}"), 0))
                .isInstanceOf(MalformedProtobuf.class)
                .hasMessageContaining("nested deeper than 100");
    }

    private static Unknown unwrapped(byte[] bytes) throws Exception {
        assertThat(Arrays.copyOf(bytes, 4)).isEqualTo(new byte[] {'k', '8', 's', 0});
        return Unknown.parseFrom(ByteString.copyFrom(bytes, 4, bytes.length - 4));
    }

    private static byte[] wrapped(String apiVersion, String kind, Message object) {
        byte[] body = Unknown.newBuilder()
                .setTypeMeta(TypeMeta.newBuilder().setApiVersion(apiVersion).setKind(kind))
                .setRaw(object.toByteString())
                .setContentEncoding("")
                .setContentType("")
                .build()
                .toByteArray();
        return ByteBuffer.allocate(4 + body.length)
                .put(new byte[] {'k', '8', 's', 0})
                .put(body)
                .array();
    }
}
