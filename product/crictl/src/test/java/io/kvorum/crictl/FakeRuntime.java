package io.kvorum.crictl;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.kvorum.cri.runtime.*;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A container runtime that holds what a test puts in and remembers what it was asked to do. */
final class FakeRuntime implements AutoCloseable {
    final List<Container> containers = new ArrayList<>();
    final List<ContainerStatusResponse> statuses = new ArrayList<>();
    final List<PodSandbox> pods = new ArrayList<>();
    final List<Image> images = new ArrayList<>();
    final List<String> acts = new CopyOnWriteArrayList<>();
    final Path socket;

    /** Where the runtime's streaming server serves the next command. */
    String streamUrl = "";

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Server server;

    FakeRuntime(Path folder) throws IOException {
        socket = Files.createTempFile(folder, "cri", ".sock");
        Files.delete(socket);
        server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .addService(new Containers())
                .addService(new Images())
                .build()
                .start();
    }

    private static <T> void answer(StreamObserver<T> caller, Supplier<T> act) {
        try {
            caller.onNext(act.get());
            caller.onCompleted();
        } catch (IllegalArgumentException missing) {
            caller.onError(
                    Status.NOT_FOUND.withDescription(missing.getMessage()).asRuntimeException());
        }
    }

    private static boolean matches(String wanted, String id) {
        return wanted.isEmpty() || id.startsWith(wanted);
    }

    private ContainerStatusResponse statusOf(String id) {
        return statuses.stream()
                .filter(each -> matches(id, each.getStatus().getId()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no container " + id));
    }

    private Image image(String name) {
        return images.stream()
                .filter(each -> each.getId().equals(name)
                        || each.getRepoTagsList().contains(name)
                        || each.getId().startsWith("sha256:" + name))
                .findFirst()
                .orElse(Image.getDefaultInstance());
    }

    @Override
    public void close() {
        server.shutdownNow();
        loop.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }

    private final class Containers extends RuntimeServiceGrpc.RuntimeServiceImplBase {
        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> caller) {
            answer(
                    caller,
                    () -> VersionResponse.newBuilder()
                            .setVersion("0.1.0")
                            .setRuntimeName("containerd")
                            .setRuntimeVersion("1.6.20")
                            .setRuntimeApiVersion("v1")
                            .build());
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> caller) {
            StatusResponse.Builder response = StatusResponse.newBuilder()
                    .setStatus(RuntimeStatus.newBuilder()
                            .addConditions(RuntimeCondition.newBuilder()
                                    .setType("RuntimeReady")
                                    .setStatus(true)));
            if (request.getVerbose()) {
                response.putInfo("golang", "\"go1.19.8\"").putInfo("config", "{\"sandboxImage\":\"pause:3.6\"}");
            }
            answer(caller, response::build);
        }

        @Override
        public void listContainers(ListContainersRequest request, StreamObserver<ListContainersResponse> caller) {
            ContainerFilter filter = request.getFilter();
            List<Container> found = containers.stream()
                    .filter(each -> matches(filter.getId(), each.getId()))
                    .filter(each -> matches(filter.getPodSandboxId(), each.getPodSandboxId()))
                    .filter(each -> !filter.hasState()
                            || each.getState() == filter.getState().getState())
                    .filter(each -> each.getLabelsMap()
                            .entrySet()
                            .containsAll(filter.getLabelSelectorMap().entrySet()))
                    .toList();
            answer(
                    caller,
                    () -> ListContainersResponse.newBuilder()
                            .addAllContainers(found)
                            .build());
        }

        @Override
        public void containerStatus(ContainerStatusRequest request, StreamObserver<ContainerStatusResponse> caller) {
            answer(
                    caller,
                    () -> request.getVerbose()
                            ? statusOf(request.getContainerId())
                            : statusOf(request.getContainerId()).toBuilder()
                                    .clearInfo()
                                    .build());
        }

        @Override
        public void listPodSandbox(ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> caller) {
            List<PodSandbox> found = pods.stream()
                    .filter(each -> matches(request.getFilter().getId(), each.getId()))
                    .filter(each -> !request.getFilter().hasState()
                            || each.getState() == request.getFilter().getState().getState())
                    .toList();
            answer(
                    caller,
                    () -> ListPodSandboxResponse.newBuilder().addAllItems(found).build());
        }

        @Override
        public void runPodSandbox(RunPodSandboxRequest request, StreamObserver<RunPodSandboxResponse> caller) {
            acts.add("runp %s in %s"
                    .formatted(
                            request.getConfig().getMetadata().getName(),
                            request.getConfig().getLogDirectory()));
            answer(
                    caller,
                    () -> RunPodSandboxResponse.newBuilder()
                            .setPodSandboxId("pod1")
                            .build());
        }

        @Override
        public void createContainer(CreateContainerRequest request, StreamObserver<CreateContainerResponse> caller) {
            ContainerConfig config = request.getConfig();
            acts.add("create %s of %s with %s as %d"
                    .formatted(
                            config.getMetadata().getName(),
                            config.getImage().getImage(),
                            config.getEnvsList().stream()
                                    .map(each -> each.getKey() + "=" + each.getValue())
                                    .toList(),
                            config.getLinux()
                                    .getSecurityContext()
                                    .getRunAsUser()
                                    .getValue()));
            answer(
                    caller,
                    () -> CreateContainerResponse.newBuilder()
                            .setContainerId("new1")
                            .build());
        }

        @Override
        public void startContainer(StartContainerRequest request, StreamObserver<StartContainerResponse> caller) {
            acts.add("start " + request.getContainerId());
            answer(caller, StartContainerResponse::getDefaultInstance);
        }

        @Override
        public void stopContainer(StopContainerRequest request, StreamObserver<StopContainerResponse> caller) {
            acts.add("stop %s within %d".formatted(request.getContainerId(), request.getTimeout()));
            answer(caller, StopContainerResponse::getDefaultInstance);
        }

        @Override
        public void removeContainer(RemoveContainerRequest request, StreamObserver<RemoveContainerResponse> caller) {
            acts.add("rm " + request.getContainerId());
            answer(caller, RemoveContainerResponse::getDefaultInstance);
        }

        @Override
        public void execSync(ExecSyncRequest request, StreamObserver<ExecSyncResponse> caller) {
            answer(
                    caller,
                    () -> ExecSyncResponse.newBuilder()
                            .setStdout(
                                    com.google.protobuf.ByteString.copyFromUtf8(String.join(" ", request.getCmdList())))
                            .setExitCode(3)
                            .build());
        }

        @Override
        public void exec(ExecRequest request, StreamObserver<ExecResponse> caller) {
            acts.add("exec %s %s".formatted(request.getContainerId(), request.getCmdList()));
            answer(caller, () -> ExecResponse.newBuilder().setUrl(streamUrl).build());
        }
    }

    private final class Images extends ImageServiceGrpc.ImageServiceImplBase {
        @Override
        public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> caller) {
            answer(
                    caller,
                    () -> ListImagesResponse.newBuilder().addAllImages(images).build());
        }

        @Override
        public void imageStatus(ImageStatusRequest request, StreamObserver<ImageStatusResponse> caller) {
            Image found = image(request.getImage().getImage());
            answer(
                    caller,
                    () -> found.getId().isEmpty()
                            ? ImageStatusResponse.getDefaultInstance()
                            : ImageStatusResponse.newBuilder().setImage(found).build());
        }

        @Override
        public void removeImage(RemoveImageRequest request, StreamObserver<RemoveImageResponse> caller) {
            acts.add("rmi " + request.getImage().getImage());
            answer(caller, RemoveImageResponse::getDefaultInstance);
        }

        @Override
        public void pullImage(PullImageRequest request, StreamObserver<PullImageResponse> caller) {
            acts.add("pull %s as %s"
                    .formatted(request.getImage().getImage(), request.getAuth().getUsername()));
            answer(
                    caller,
                    () -> PullImageResponse.newBuilder()
                            .setImageRef("sha256:feed")
                            .build());
        }
    }
}
