# Removes Kvorum and all its data from this machine.
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"

if command -v systemctl >/dev/null 2>&1; then
  systemctl stop "$service" 2>/dev/null
  systemctl disable -q "$service" 2>/dev/null
  systemctl reset-failed "$service" 2>/dev/null
fi
command -v rc-update >/dev/null 2>&1 && rc-update -q delete "$service" default 2>/dev/null
"$bin/k3s-killall.sh"
rm -f "$systemd/$service.service" "$environment" "/etc/init.d/$service" "/etc/logrotate.d/$service" "/var/log/$service.log"
rm -rf "$systemd/$service.service.d"
! command -v systemctl >/dev/null 2>&1 || systemctl daemon-reload 2>/dev/null

# another service of this kind still needs the rest
for other in "$systemd"/k3s*.service /etc/init.d/k3s*; do
  if [ -e "$other" ]; then
    echo "$other is still installed; the program and the data stay"
    rm -f "$0"
    exit 0
  fi
done
for tool in kubectl crictl ctr etcdctl; do
  [ "$(readlink "$bin/$tool" 2>/dev/null)" != k3s ] || rm -f "$bin/$tool"
done
rm -rf /etc/rancher/k3s /etc/rancher/node /run/k3s /run/flannel /var/lib/rancher/k3s
# data elsewhere, which may be a disk of its own
[ -z "${K3S_DATA_DIR:-}" ] || rm -rf "$K3S_DATA_DIR/server" "$K3S_DATA_DIR/agent"
# what 'k3s certificate trust' put there
for renew in update-ca-certificates:/usr/local/share/ca-certificates update-ca-trust:/etc/pki/ca-trust/source/anchors \
  update-ca-certificates:/etc/pki/trust/anchors; do
  if ls "${renew#*:}"/kvorum-*.crt >/dev/null 2>&1; then
    rm -f "${renew#*:}"/kvorum-*.crt
    "${renew%%:*}" >/dev/null 2>&1
  fi
done
# a disk of their own may be mounted there
for folder in /var/lib/kubelet /var/lib/cni; do
  [ ! -d "$folder" ] || { find "$folder" -mindepth 1 -delete 2>/dev/null; rmdir "$folder" 2>/dev/null; }
done
rmdir /etc/rancher /var/lib/rancher 2>/dev/null
rm -f "$bin/k3s" "$bin/k3s-killall.sh" "$0"
exit 0
