package io.kvorum.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes wrong, and when. Used by one thread. */
final class Chaos {
    private final World world;
    private final Cluster cluster;
    private final boolean changesMembers;
    private boolean isOver;

    Chaos(World world, Cluster cluster, boolean changesMembers) {
        this.world = world;
        this.cluster = cluster;
        this.changesMembers = changesMembers;
    }

    void start() {
        Agenda agenda = world.agenda();
        world.network()
                .trouble(
                        agenda.chance(0.5) ? agenda.between(0, 80) / 1000.0 : 0,
                        agenda.chance(0.5) ? agenda.between(0, 80) / 1000.0 : 0,
                        agenda.between(0, 60) / 1000.0);
        next();
    }

    void stop() {
        isOver = true;
        world.network().trouble(0, 0, 0);
        world.network().heal();
        cluster.restartAll();
    }

    private void next() {
        world.agenda().in(world.agenda().between(30_000, 300_000), "chaos", () -> {
            if (!isOver) {
                strike();
                next();
            }
        });
    }

    private void strike() {
        int dice = world.agenda().random().nextInt(100);
        if (dice < 22) {
            crashOne(cluster.any());
        } else if (dice < 32) {
            cluster.leader().ifPresent(this::crashOne);
        } else if (dice < 36) {
            cluster.up().forEach(this::crashOne);
        } else if (dice < 56) {
            partition();
        } else if (dice < 66) {
            SimulatedMember one = cluster.any();
            if (one != null) {
                one.running().peer().campaign();
            }
        } else if (dice < 84) {
            cutLogs();
        } else if (changesMembers) {
            changeMembers(dice);
        }
    }

    private void crashOne(@Nullable SimulatedMember member) {
        if (member == null) {
            return;
        }
        world.agenda().note("crash " + member.id);
        member.crash();
        world.agenda().in(world.agenda().between(20_000, 900_000), "restart", () -> {
            if (!member.isUp() && cluster.all().contains(member)) {
                member.start();
            }
        });
    }

    /** Some do not hear others, in one direction or both. */
    private void partition() {
        List<SimulatedMember> all = cluster.all();
        boolean isOneWay = world.agenda().chance(0.3);
        int side = world.agenda().random().nextInt(1 << all.size());
        for (int from = 0; from < all.size(); from++) {
            for (int to = 0; to < all.size(); to++) {
                boolean isAcross = ((side >> from) & 1) != ((side >> to) & 1);
                boolean isForward = ((side >> from) & 1) == 1;
                if (isAcross && (isForward || !isOneWay)) {
                    world.network().cut(all.get(from).id, all.get(to).id);
                }
            }
        }
        world.agenda().in(world.agenda().between(50_000, 900_000), "heal", world.network()::heal);
    }

    private void cutLogs() {
        for (SimulatedMember member : cluster.up()) {
            if (world.agenda().chance(0.6)) {
                member.running().peer().cutLog();
            }
        }
    }

    private void changeMembers(int dice) {
        if (dice < 90) {
            cluster.addLearner();
        } else if (dice < 96) {
            cluster.promote();
        } else {
            cluster.remove();
        }
    }
}
