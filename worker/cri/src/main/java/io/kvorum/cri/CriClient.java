package io.kvorum.cri;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.kvorum.cri.events.Envelope;
import io.kvorum.cri.events.EventsGrpc;
import io.kvorum.cri.events.SubscribeRequest;
import io.kvorum.cri.events.TaskEvent;
import io.kvorum.cri.runtime.*;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The container runtime behind a unix socket: one blocking method per call, each with a deadline. Used from any number of
 * threads; every failure is a {@link CriException}.
 */
public final class CriClient implements AutoCloseable {
    private static final int LARGEST_MESSAGE_BYTES = 16 << 20;
    private static final Duration QUICK = Duration.ofSeconds(10);
    /** Making or taking down a sandbox runs CNI plugins and may wait for a busy machine. */
    private static final Duration SLOW = Duration.ofMinutes(4);

    private final MultiThreadIoEventLoopGroup loop;
    private final ManagedChannel channel;
    private final RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime;
    private final ImageServiceGrpc.ImageServiceBlockingStub images;
    private final EventsGrpc.EventsBlockingStub events;

    public CriClient(Path socket) {
        loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .eventLoopGroup(loop)
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .overrideAuthority("localhost")
                .usePlaintext()
                .maxInboundMessageSize(LARGEST_MESSAGE_BYTES)
                .build();
        runtime = RuntimeServiceGrpc.newBlockingStub(channel);
        images = ImageServiceGrpc.newBlockingStub(channel);
        events = EventsGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(namespaceHeader()));
    }

    private static Metadata namespaceHeader() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER), "k8s.io");
        return headers;
    }

    public VersionResponse version() {
        return call(
                "Version",
                () -> quick(runtime).version(VersionRequest.newBuilder().build()));
    }

    public RuntimeStatus status() {
        return call(
                "Status",
                () -> quick(runtime).status(StatusRequest.newBuilder().build()).getStatus());
    }

    /** With {@code verbose}, also what the runtime tells about itself. */
    public StatusResponse statusOf(boolean verbose) {
        return call(
                "Status",
                () -> quick(runtime)
                        .status(StatusRequest.newBuilder().setVerbose(verbose).build()));
    }

    /** The new sandbox's id. */
    public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
        return call(
                "RunPodSandbox",
                () -> slow(runtime)
                        .runPodSandbox(RunPodSandboxRequest.newBuilder()
                                .setConfig(config)
                                .setRuntimeHandler(runtimeHandler)
                                .build())
                        .getPodSandboxId());
    }

    public void stopPodSandbox(String id) {
        call(
                "StopPodSandbox",
                () -> slow(runtime)
                        .stopPodSandbox(StopPodSandboxRequest.newBuilder()
                                .setPodSandboxId(id)
                                .build()));
    }

    public void removePodSandbox(String id) {
        call(
                "RemovePodSandbox",
                () -> slow(runtime)
                        .removePodSandbox(RemovePodSandboxRequest.newBuilder()
                                .setPodSandboxId(id)
                                .build()));
    }

    /** Empty when there is no such sandbox. */
    public Optional<PodSandboxStatus> podSandboxStatus(String id) {
        return podSandboxStatus(id, false).map(PodSandboxStatusResponse::getStatus);
    }

    /** Empty when there is no such sandbox; with {@code verbose}, also what the runtime knows beyond the status. */
    public Optional<PodSandboxStatusResponse> podSandboxStatus(String id, boolean verbose) {
        return unlessMissing(() -> call(
                "PodSandboxStatus",
                () -> quick(runtime)
                        .podSandboxStatus(PodSandboxStatusRequest.newBuilder()
                                .setPodSandboxId(id)
                                .setVerbose(verbose)
                                .build())));
    }

    /** The sandboxes with all these labels; all for an empty map. */
    public List<PodSandbox> listPodSandboxes(Map<String, String> labels) {
        return listPodSandboxes(
                PodSandboxFilter.newBuilder().putAllLabelSelector(labels).build());
    }

    public List<PodSandbox> listPodSandboxes(PodSandboxFilter filter) {
        return call(
                "ListPodSandbox",
                () -> quick(runtime)
                        .listPodSandbox(ListPodSandboxRequest.newBuilder()
                                .setFilter(filter)
                                .build())
                        .getItemsList());
    }

    /** The new container's id. */
    public String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandbox) {
        return call(
                "CreateContainer",
                () -> slow(runtime)
                        .createContainer(CreateContainerRequest.newBuilder()
                                .setPodSandboxId(sandboxId)
                                .setConfig(config)
                                .setSandboxConfig(sandbox)
                                .build())
                        .getContainerId());
    }

    public void startContainer(String id) {
        call(
                "StartContainer",
                () -> slow(runtime)
                        .startContainer(StartContainerRequest.newBuilder()
                                .setContainerId(id)
                                .build()));
    }

    /** Sends the stop signal and kills after {@code grace}; returns when the container has ended. */
    public void stopContainer(String id, Duration grace) {
        StopContainerRequest request = StopContainerRequest.newBuilder()
                .setContainerId(id)
                .setTimeout(grace.plusMillis(999).toSeconds())
                .build();
        call("StopContainer", () -> within(runtime, grace.plus(SLOW)).stopContainer(request));
    }

    public void removeContainer(String id) {
        call(
                "RemoveContainer",
                () -> slow(runtime)
                        .removeContainer(RemoveContainerRequest.newBuilder()
                                .setContainerId(id)
                                .build()));
    }

    /** The containers with all these labels; all for an empty map. */
    public List<Container> listContainers(Map<String, String> labels) {
        return listContainers(
                ContainerFilter.newBuilder().putAllLabelSelector(labels).build());
    }

    public List<Container> listContainers(ContainerFilter filter) {
        return call(
                "ListContainers",
                () -> quick(runtime)
                        .listContainers(ListContainersRequest.newBuilder()
                                .setFilter(filter)
                                .build())
                        .getContainersList());
    }

    /** Empty when there is no such container. */
    public Optional<ContainerStatus> containerStatus(String id) {
        return containerStatus(id, false).map(ContainerStatusResponse::getStatus);
    }

    /** Empty when there is no such container; with {@code verbose}, also what the runtime knows beyond the status. */
    public Optional<ContainerStatusResponse> containerStatus(String id, boolean verbose) {
        return unlessMissing(() -> call(
                "ContainerStatus",
                () -> quick(runtime)
                        .containerStatus(ContainerStatusRequest.newBuilder()
                                .setContainerId(id)
                                .setVerbose(verbose)
                                .build())));
    }

    public void updateContainerResources(String id, LinuxContainerResources resources) {
        call(
                "UpdateContainerResources",
                () -> quick(runtime)
                        .updateContainerResources(UpdateContainerResourcesRequest.newBuilder()
                                .setContainerId(id)
                                .setLinux(resources)
                                .build()));
    }

    public void reopenContainerLog(String id) {
        call(
                "ReopenContainerLog",
                () -> quick(runtime)
                        .reopenContainerLog(ReopenContainerLogRequest.newBuilder()
                                .setContainerId(id)
                                .build()));
    }

    /** Runs a command and waits for it; a command that does not end in time is a {@code TIMEOUT}. */
    public ExecSyncResponse execSync(String id, List<String> command, Duration timeout) {
        ExecSyncRequest request = ExecSyncRequest.newBuilder()
                .setContainerId(id)
                .addAllCmd(command)
                .setTimeout(Math.max(1, timeout.toSeconds()))
                .build();
        return call("ExecSync", () -> within(runtime, timeout.plus(QUICK)).execSync(request));
    }

    /** A URL on the node's loopback that serves this one exec. */
    public String exec(ExecRequest request) {
        return call("Exec", () -> quick(runtime).exec(request).getUrl());
    }

    /** A URL on the node's loopback that serves this one attach. */
    public String attach(AttachRequest request) {
        return call("Attach", () -> quick(runtime).attach(request).getUrl());
    }

    /** A URL on the node's loopback that serves this one port-forward. */
    public String portForward(String sandboxId, List<Integer> ports) {
        return call(
                "PortForward",
                () -> quick(runtime)
                        .portForward(PortForwardRequest.newBuilder()
                                .setPodSandboxId(sandboxId)
                                .addAllPort(ports)
                                .build())
                        .getUrl());
    }

    /** Usage of every running container. */
    public List<ContainerStats> containerStats() {
        return containerStats(ContainerStatsFilter.getDefaultInstance());
    }

    public List<ContainerStats> containerStats(ContainerStatsFilter filter) {
        return call(
                "ListContainerStats",
                () -> quick(runtime)
                        .listContainerStats(ListContainerStatsRequest.newBuilder()
                                .setFilter(filter)
                                .build())
                        .getStatsList());
    }

    public List<PodSandboxStats> listPodSandboxStats(PodSandboxStatsFilter filter) {
        return call(
                "ListPodSandboxStats",
                () -> quick(runtime)
                        .listPodSandboxStats(ListPodSandboxStatsRequest.newBuilder()
                                .setFilter(filter)
                                .build())
                        .getStatsList());
    }

    public Optional<PodSandboxStats> podSandboxStats(String id) {
        return unlessMissing(() -> call(
                "PodSandboxStats",
                () -> quick(runtime)
                        .podSandboxStats(PodSandboxStatsRequest.newBuilder()
                                .setPodSandboxId(id)
                                .build())
                        .getStats()));
    }

    public List<Image> listImages() {
        return listImages("");
    }

    /** The image of that name; all for an empty one. */
    public List<Image> listImages(String reference) {
        ImageFilter filter = ImageFilter.newBuilder().setImage(spec(reference)).build();
        return call(
                "ListImages",
                () -> quick(images)
                        .listImages(
                                ListImagesRequest.newBuilder().setFilter(filter).build())
                        .getImagesList());
    }

    /** Empty when the image is not on this node. */
    public Optional<Image> imageStatus(String reference) {
        return imageStatus(reference, false).map(ImageStatusResponse::getImage);
    }

    /** Empty when the image is not on this node; with {@code verbose}, also what the runtime knows beyond that. */
    public Optional<ImageStatusResponse> imageStatus(String reference, boolean verbose) {
        ImageStatusResponse response = call(
                "ImageStatus",
                () -> quick(images)
                        .imageStatus(ImageStatusRequest.newBuilder()
                                .setImage(spec(reference))
                                .setVerbose(verbose)
                                .build()));
        return response.hasImage() ? Optional.of(response) : Optional.empty();
    }

    /** Pulls and gives the reference to use from then on. */
    public String pullImage(String reference, Optional<AuthConfig> credentials, Duration timeout) {
        PullImageRequest.Builder request = PullImageRequest.newBuilder().setImage(spec(reference));
        credentials.ifPresent(request::setAuth);
        return pullImage(request.build(), timeout);
    }

    public String pullImage(PullImageRequest request, Duration timeout) {
        return call(
                "PullImage", () -> within(images, timeout).pullImage(request).getImageRef());
    }

    public void removeImage(String reference) {
        call(
                "RemoveImage",
                () -> slow(images)
                        .removeImage(RemoveImageRequest.newBuilder()
                                .setImage(spec(reference))
                                .build()));
    }

    public List<FilesystemUsage> imageFilesystems() {
        return imageFsInfo().getImageFilesystemsList();
    }

    public ImageFsInfoResponse imageFsInfo() {
        return call(
                "ImageFsInfo",
                () -> quick(images).imageFsInfo(ImageFsInfoRequest.newBuilder().build()));
    }

    /** Hands over every task event until the stream breaks, which is always a {@link CriException}; blocks its thread. */
    public void followTasks(Consumer<TaskNotice> listener) {
        SubscribeRequest request =
                SubscribeRequest.newBuilder().addFilters("topic~=\"^/tasks/\"").build();
        call("Subscribe", () -> {
            Iterator<Envelope> stream = events.subscribe(request);
            while (stream.hasNext()) {
                Envelope envelope = stream.next();
                if (envelope.getNamespace().equals("k8s.io")) {
                    TaskEvent event = eventOf(envelope);
                    listener.accept(new TaskNotice(envelope.getTopic(), event.getContainerId(), event.getProcessId()));
                }
            }
            throw io.grpc.Status.UNAVAILABLE
                    .withDescription("the event stream ended")
                    .asRuntimeException();
        });
    }

    private static TaskEvent eventOf(Envelope envelope) {
        try {
            return TaskEvent.parseFrom(envelope.getEvent().getValue());
        } catch (com.google.protobuf.InvalidProtocolBufferException malformed) {
            return TaskEvent.getDefaultInstance();
        }
    }

    private static ImageSpec spec(String reference) {
        return ImageSpec.newBuilder().setImage(reference).build();
    }

    private static <S extends AbstractStub<S>> S quick(S stub) {
        return within(stub, QUICK);
    }

    private static <S extends AbstractStub<S>> S slow(S stub) {
        return within(stub, SLOW);
    }

    private static <S extends AbstractStub<S>> S within(S stub, Duration time) {
        return stub.withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static <T> T call(String name, Supplier<T> act) {
        try {
            return act.get();
        } catch (StatusRuntimeException failure) {
            throw new CriException(name, failure);
        }
    }

    private static <T> Optional<T> unlessMissing(Supplier<T> act) {
        try {
            return Optional.of(act.get());
        } catch (CriException failure) {
            if (failure.kind() == CriException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Breaks all calls under way. */
    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }
}
