package io.kvorum.controllers;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectApi;
import io.kvorum.controllers.clusterrole.ClusterRoleController;
import io.kvorum.controllers.cronjob.CronJobController;
import io.kvorum.controllers.daemonset.DaemonSetController;
import io.kvorum.controllers.deployment.DeploymentController;
import io.kvorum.controllers.disruption.DisruptionController;
import io.kvorum.controllers.endpoints.EndpointSliceController;
import io.kvorum.controllers.endpoints.EndpointsController;
import io.kvorum.controllers.garbagecollector.GarbageCollector;
import io.kvorum.controllers.job.JobController;
import io.kvorum.controllers.namespace.NamespaceController;
import io.kvorum.controllers.nodeipam.NodeIpamController;
import io.kvorum.controllers.nodelifecycle.NodeLifecycleController;
import io.kvorum.controllers.nodelifecycle.TaintEvictionController;
import io.kvorum.controllers.podgc.PodGcController;
import io.kvorum.controllers.replicaset.ReplicaController;
import io.kvorum.controllers.rootca.RootCaController;
import io.kvorum.controllers.serviceaccount.ServiceAccountController;
import io.kvorum.controllers.statefulset.StatefulSetController;
import io.kvorum.controllers.ttl.FinishedJobController;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All controllers of one leading server. One per leadership: built when it begins, started and closed once. The client
 * and the informers belong to the caller, who may share them with the scheduler.
 */
public final class ControllerManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerManager.class);
    private static final Duration FIRST_LISTS = Duration.ofSeconds(60);

    private final Informers informers;
    private final EventRecorder events;
    private final List<Controller> controllers = new ArrayList<>();

    public ControllerManager(
            KubernetesClient client, Informers informers, ControllersConfig config, InstantSource clock) {
        this.informers = informers;
        ObjectApi api = new ObjectApi(client);
        this.events = new EventRecorder(api, "controllermanager", config.host(), clock);
        ControllerContext context = new ControllerContext(api, informers, events, clock);
        controllers.add(new ServiceAccountController(context));
        controllers.add(new RootCaController(context, config.clusterAuthorityPem()));
        controllers.add(new NamespaceController(context));
        controllers.add(new GarbageCollector(context));
        controllers.add(ReplicaController.ofReplicaSets(context));
        controllers.add(ReplicaController.ofReplicationControllers(context));
        controllers.add(new DeploymentController(context));
        controllers.add(new JobController(context));
        controllers.add(new FinishedJobController(context));
        controllers.add(new CronJobController(context));
        controllers.add(new DaemonSetController(context));
        controllers.add(new StatefulSetController(context));
        controllers.add(new DisruptionController(context));
        controllers.add(new ClusterRoleController(context));
        controllers.add(new EndpointsController(context));
        controllers.add(new EndpointSliceController(context));
        controllers.add(
                new NodeIpamController(context, config.clusterCidrs(), config.nodeMaskIpv4(), config.nodeMaskIpv6()));
        controllers.add(new NodeLifecycleController(context, config.nodeMonitorGrace()));
        controllers.add(new TaintEvictionController(context));
        controllers.add(new PodGcController(context, config.endedPodsKept()));
    }

    /** Waits for the first lists, for a controller must not act on half a picture, then starts every controller. */
    public void start() throws InterruptedException {
        while (!informers.start(FIRST_LISTS)) {
            LOG.atWarn().addKeyValue("waited", FIRST_LISTS).log("not every kind could be listed yet; controllers wait");
        }
        controllers.forEach(Controller::start);
        LOG.atInfo().addKeyValue("controllers", controllers.size()).log("controllers started");
    }

    @Override
    public void close() {
        for (Controller controller : controllers.reversed()) {
            controller.close();
        }
        events.close();
    }
}
