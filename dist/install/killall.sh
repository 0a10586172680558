#!/bin/sh
# Stops Kvorum and everything it runs on this machine: services, containers, mounts, links, rules. Data stays.
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
data=${K3S_DATA_DIR:-/var/lib/rancher/k3s}

for service in /etc/systemd/system/k3s*.service; do
  [ ! -s "$service" ] || systemctl stop "$(basename "$service")"
done
for service in /etc/init.d/k3s*; do
  [ ! -x "$service" ] || "$service" stop
done

# containers first: a shim's death leaves its containers to nobody
with_descendants() {
  for process in "$@"; do
    echo "$process"
    # shellcheck disable=SC2046
    with_descendants $(pgrep -P "$process" 2>/dev/null)
  done
}
shims=$(pgrep -f "containerd-shim.* -address /run/k3s/containerd/containerd.sock" || true)
# shellcheck disable=SC2046,SC2086
[ -z "$shims" ] || kill -9 $(with_descendants $shims) 2>/dev/null
for pid in $(pgrep -f "containerd.*/var/lib/rancher/k3s/agent/etc/containerd" || true); do
  kill -9 "$pid" 2>/dev/null
done

unmount_below() {
  # the deepest first; twice, since one may lie over another
  for _ in 1 2; do
    awk -v place="$1" '$2 == place || index($2, place "/") == 1 { print $2 }' /proc/self/mounts | sort -r |
      while read -r mount; do umount -f -- "$mount" 2>/dev/null || umount -l -- "$mount" 2>/dev/null; done
  done
}
unmount_below /run/k3s
unmount_below /var/lib/kubelet/pods
unmount_below /var/lib/kubelet/plugins
unmount_below "$data/agent/containerd"
for space in /run/netns/cni-*; do
  [ -e "$space" ] || continue
  ip netns delete "$(basename "$space")" 2>/dev/null || { umount "$space" 2>/dev/null; rm -f "$space"; }
done

for link in $(ip -o link show master cni0 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
  ip link delete "$link" 2>/dev/null
done
ip link delete cni0 2>/dev/null
ip link delete flannel.1 2>/dev/null
ip address delete 169.254.20.10/32 dev lo 2>/dev/null
for table in kvorum-services kvorum-pods; do
  nft delete table ip "$table" 2>/dev/null
done
# the kernel takes a moment to bury them
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -n "$(find /sys/fs/cgroup -path '*kubepods*' -name cgroup.procs -exec cat {} + 2>/dev/null)" ] || break
  sleep 0.2
done
find /sys/fs/cgroup -depth -type d -path '*kubepods*' -exec rmdir {} + 2>/dev/null
rm -rf /run/k3s /run/flannel /var/lib/cni/networks/kvorum
exit 0
