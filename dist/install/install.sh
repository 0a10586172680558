#!/bin/sh
# Installs Kvorum as a service on this machine, or changes how it runs; also upgrades, when run again.
#
#   curl -sfL ADDRESS | sh -s - server --cluster-init
#   curl -sfL ADDRESS | K3S_URL=https://10.0.0.1:6443 K3S_TOKEN=... sh -
#
# Arguments are the command (server or agent) and its flags; without a command it is agent when K3S_URL is set, else
# server. What the environment says:
#
#   K3S_*                       kept in the service's environment file (mode 0600), such as K3S_TOKEN and K3S_URL
#   GITHUB_URL                  where releases are: GITHUB_URL/download/VERSION/k3s (a file: address or a folder will do)
#   INSTALL_K3S_VERSION         the version; else what GITHUB_URL's file CHANNEL (INSTALL_K3S_CHANNEL, stable) names
#   INSTALL_K3S_SKIP_DOWNLOAD   true: the program is at BIN_DIR/k3s already
#   INSTALL_K3S_EXEC            command and flags, put before the arguments
#   INSTALL_K3S_NAME            service name behind "k3s-"
#   INSTALL_K3S_TYPE            exec or notify
#   INSTALL_K3S_BIN_DIR         /usr/local/bin, or /opt/bin when that cannot be written
#   INSTALL_K3S_BIN_DIR_READ_ONLY  true: write nothing there (and so download nothing)
#   INSTALL_K3S_SYSTEMD_DIR     /etc/systemd/system
#   INSTALL_K3S_SYMLINK         skip, or force to replace commands named kubectl, crictl, ctr, etcdctl
#   INSTALL_K3S_SKIP_ENABLE, INSTALL_K3S_SKIP_START, INSTALL_K3S_FORCE_RESTART   true or not; what is not enabled is not
#                               started either
#   INSTALL_KVORUM_SKIP_PACKAGES   true: do not install the Debian packages that a node needs
set -e
set -o noglob

DEFAULT_RELEASES=@RELEASES@

info() { echo "[INFO]  $*"; }
warn() { echo "[WARN]  $*" >&2; }
fatal() { echo "[ERROR] $*" >&2; exit 1; }

# One argument, so that a shell or systemd reads it back as it is.
quoted() {
  for word in "$@"; do
    printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

decide_architecture() {
  case $(uname -m) in
    x86_64 | amd64) arch=amd64 suffix= ;;
    aarch64 | arm64) arch=arm64 suffix=-arm64 ;;
    *) fatal "there is no Kvorum for $(uname -m); it runs on x86_64 and aarch64" ;;
  esac
}

decide_command() {
  eval "set -- ${INSTALL_K3S_EXEC:-} $(quoted "$@")"
  case ${1:-} in
    -* | "") if [ -n "${K3S_URL:-}" ]; then command=agent; else command=server; fi ;;
    *) command=$1; shift ;;
  esac
  case ${K3S_URL:-https://} in
    https://*) ;;
    *) fatal "K3S_URL must begin with https://, but is $K3S_URL" ;;
  esac
  if [ "$command" = agent ] && [ -z "${K3S_URL:-}" ] && ! has_flag --server -s "$@" && [ ! -e /etc/rancher/k3s/config.yaml ] &&
    [ ! -d /etc/rancher/k3s/config.yaml.d ]; then
    fatal "an agent needs a server: set K3S_URL, or give --server https://HOST:6443"
  fi
  hide_secrets "$@"
}

# Everybody may read a unit and a list of processes: tokens go into the environment file instead.
hide_secrets() {
  arguments=
  while [ $# -gt 0 ]; do
    case $1 in
      --token=*) export K3S_TOKEN="${1#*=}" ;;
      --agent-token=*) export K3S_AGENT_TOKEN="${1#*=}" ;;
      --token | -t | --agent-token)
        [ $# -gt 1 ] || fatal "$1 needs a value"
        if [ "$1" = --agent-token ]; then export K3S_AGENT_TOKEN="$2"; else export K3S_TOKEN="$2"; fi
        shift
        ;;
      *) arguments="$arguments$(quoted "$1")" ;;
    esac
    shift
  done
}

has_flag() {
  long=$1 short=$2
  shift 2
  for argument in "$@"; do
    case $argument in
      "$long" | "$long="* | "$short") return 0 ;;
    esac
  done
  return 1
}

decide_places() {
  if [ -n "${INSTALL_K3S_NAME:-}" ]; then
    service=k3s-$INSTALL_K3S_NAME
  elif [ "$command" = server ]; then
    service=k3s
  else
    service=k3s-$command
  fi
  case $service in
    *[!a-zA-Z0-9._-]*) fatal "a service cannot be named $service" ;;
  esac
  bin=${INSTALL_K3S_BIN_DIR:-}
  if [ -z "$bin" ]; then
    bin=/usr/local/bin
    as_root mkdir -p "$bin" 2>/dev/null || true
    if ! as_root sh -c "touch $bin/.k3s-write && rm -f $bin/.k3s-write" 2>/dev/null && [ -d /opt/bin ]; then
      bin=/opt/bin
    fi
  fi
  systemd=${INSTALL_K3S_SYSTEMD_DIR:-/etc/systemd/system}
  if command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; then
    init=systemd
  elif command -v openrc-run >/dev/null 2>&1 || [ -x /sbin/openrc-run ]; then
    init=openrc
  elif command -v systemctl >/dev/null 2>&1 && [ "${INSTALL_K3S_SKIP_START:-}" = true ]; then
    init=systemd # of the image of a machine, which runs nothing yet
  else
    fatal "neither systemd nor OpenRC runs here; start '$bin/k3s $command' by what does"
  fi
  if [ "$init" = systemd ]; then
    unit=$systemd/$service.service
    environment=$systemd/$service.service.env
  else
    unit=/etc/init.d/$service
    environment=/etc/rancher/k3s/$service.env
  fi
  if [ "$command" = server ]; then uninstaller=k3s-uninstall.sh; else uninstaller=$service-uninstall.sh; fi
  type=${INSTALL_K3S_TYPE:-}
  [ -n "$type" ] || { if [ "$command" = server ]; then type=notify; else type=exec; fi; }
  before=$(fingerprint)
}

fingerprint() {
  as_root sha256sum "$bin/k3s" "$unit" "$environment" 2>/dev/null || true
}

fetch() {
  # fetch ADDRESS FILE
  case $1 in
    file:*) as_root cp "${1#file://}" "$2" ;;
    /*) as_root cp "$1" "$2" ;;
    *)
      if command -v curl >/dev/null 2>&1; then
        curl -sfL --retry 3 -o "$2" "$1"
      else
        wget -qO "$2" "$1"
      fi
      ;;
  esac || fatal "could not download $1"
}

install_program() {
  if [ "${INSTALL_K3S_SKIP_DOWNLOAD:-}" = true ] || [ "${INSTALL_K3S_SKIP_DOWNLOAD:-}" = binary ] ||
    [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" = true ]; then
    as_root test -x "$bin/k3s" || fatal "there is no $bin/k3s, and INSTALL_K3S_SKIP_DOWNLOAD or INSTALL_K3S_BIN_DIR_READ_ONLY forbids to fetch it"
    return
  fi
  releases=${GITHUB_URL:-$DEFAULT_RELEASES}
  [ -n "$releases" ] || fatal "set GITHUB_URL to where the releases are"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT INT TERM
  version=${INSTALL_K3S_VERSION:-}
  if [ -z "$version" ]; then
    fetch "$releases/channels/${INSTALL_K3S_CHANNEL:-stable}" "$work/version"
    version=$(tr -d '[:space:]' <"$work/version")
  fi
  info "installing version $version"
  fetch "$releases/download/$version/sha256sum-$arch.txt" "$work/sums"
  wanted=$(awk -v name="k3s$suffix" '$2 == name || $2 == "*" name { print $1 }' "$work/sums")
  [ -n "$wanted" ] || fatal "the list of checksums of $version has none for k3s$suffix"
  if [ "$(as_root sha256sum "$bin/k3s" 2>/dev/null | cut -d' ' -f1)" = "$wanted" ]; then
    info "$bin/k3s is this version already"
    return
  fi
  fetch "$releases/download/$version/k3s$suffix" "$work/k3s"
  found=$(sha256sum "$work/k3s" | cut -d' ' -f1)
  [ "$found" = "$wanted" ] || fatal "the download is damaged: its SHA-256 is $found, not $wanted; try again"
  chmod 755 "$work/k3s"
  as_root cp "$work/k3s" "$bin/.k3s.new"
  as_root chown root:root "$bin/.k3s.new"
  as_root mv -f "$bin/.k3s.new" "$bin/k3s"
}

archives_are_zst() {
  as_root find "${K3S_DATA_DIR:-/var/lib/rancher/k3s}/agent/images" -name '*.zst' 2>/dev/null | grep -q .
}

# What a node works with; an air-gapped machine has it installed beforehand.
install_packages() {
  [ "${INSTALL_KVORUM_SKIP_PACKAGES:-}" != true ] || return 0
  missing=
  for pair in containerd:containerd runc:runc nft:nftables ip:iproute2 iptables:iptables conntrack:conntrack \
    modprobe:kmod pgrep:procps; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
  done
  # to unpack images with, which K3s's own archives of images need
  ! command -v zstd >/dev/null 2>&1 && archives_are_zst && missing="$missing zstd"
  [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || missing="$missing containernetworking-plugins"
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 || fatal "a node needs$missing; install them, then run this again"
  info "installing the packages$missing"
  as_root apt-get -qq update || warn "the list of packages could not be renewed"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null ||
    fatal "these packages could not be installed:$missing; install them, then run this again"
  case $missing in
    # the node runs a containerd of its own
    *" containerd"*) [ "$init" != systemd ] || as_root systemctl disable --now -q containerd 2>/dev/null || true ;;
  esac
}

link_tools() {
  [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" != true ] && [ "${INSTALL_K3S_SYMLINK:-}" != skip ] || return 0
  for tool in kubectl crictl ctr etcdctl; do
    other=$(command -v $tool 2>/dev/null || true)
    if [ -L "$bin/$tool" ] && [ "$(readlink "$bin/$tool")" = k3s ]; then
      continue
    elif [ -z "$other" ] || [ "${INSTALL_K3S_SYMLINK:-}" = force ]; then
      as_root ln -sf k3s "$bin/$tool"
    else
      info "left $other as it is; 'k3s $tool' is ours"
    fi
  done
}

write_file() {
  # write_file MODE FILE: standard input goes there at once or not at all
  as_root sh -c "umask 077; cat >'$2.new' && chmod $1 '$2.new' && mv -f '$2.new' '$2'"
}

# Values may hold anything but a line break; the file is for root alone.
write_environment() {
  as_root mkdir -p "$(dirname "$environment")"
  env | grep -E '^(K3S_|CONTAINERD_|HTTP_PROXY=|HTTPS_PROXY=|NO_PROXY=|http_proxy=|https_proxy=|no_proxy=)' | sort |
    while IFS='=' read -r name value; do
      if [ "$init" = openrc ]; then
        printf "export %s='%s'\n" "$name" "$(printf '%s' "$value" | sed "s/'/'\\\\''/g")"
      else
        printf '%s="%s"\n' "$name" "$(printf '%s' "$value" | sed 's/[\\"]/\\&/g')"
      fi
    done | write_file 600 "$environment"
}

write_systemd_unit() {
  as_root mkdir -p "$systemd" "$systemd/$service.service.d"
  write_file 644 "$unit" <<UNIT
[Unit]
Description=Kvorum, a highly available Kubernetes for the edge
Wants=network-online.target
After=network-online.target

[Install]
WantedBy=multi-user.target

[Service]
Type=$type
EnvironmentFile=-/etc/default/%N
EnvironmentFile=-/etc/sysconfig/%N
EnvironmentFile=-$environment
KillMode=process
Delegate=yes
User=root
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s
# a JVM ends so when it is asked to
SuccessExitStatus=143
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=$bin/k3s $(systemd_words "$command") $(eval "systemd_words $arguments")
UNIT
}

# An administrator's own command stands above the one that is written here.
tell_of_override() {
  [ "$init" = systemd ] && [ -n "$arguments" ] || return 0
  overrides=$(as_root grep -ls '^ExecStart=[^[:space:]]' -r "$unit.d" || true)
  [ -z "$overrides" ] ||
    warn "$overrides has a command of its own: flags given here do not act before they are there, or in /etc/rancher/k3s/config.yaml"
}

# systemd takes apart a command line by its own rules.
systemd_words() {
  for word in "$@"; do
    printf '"%s" ' "$(printf '%s' "$word" | sed -e 's/[\\"]/\\&/g' -e 's/[$%]/&&/g')"
  done
}

write_openrc_unit() {
  write_file 755 "$unit" <<UNIT
#!/sbin/openrc-run
description="Kvorum, a highly available Kubernetes for the edge"
supervisor=supervise-daemon
command="$bin/k3s"
command_args="$(printf '%s' "$command $arguments" | sed 's/[\\"$\`]/\\&/g')"
output_log=/var/log/$service.log
error_log=/var/log/$service.log
pidfile=/run/$service.pid
respawn_delay=5
respawn_max=0
set -o allexport
[ ! -f $environment ] || . $environment
set +o allexport

depend() {
  after network-online
  want cgroups
}

start_pre() {
  modprobe -q br_netfilter overlay || true
}
UNIT
  write_file 644 "/etc/logrotate.d/$service" <<UNIT
/var/log/$service.log {
  missingok
  notifempty
  copytruncate
  size 10M
  rotate 4
}
UNIT
}

write_removers() {
  [ "${INSTALL_K3S_BIN_DIR_READ_ONLY:-}" != true ] || return 0
  write_file 755 "$bin/k3s-killall.sh" <<'KILLALL'
@KILLALL@
KILLALL
  {
    printf '#!/bin/sh\nservice=%s\nbin=%s\nsystemd=%s\nenvironment=%s\n' "$service" "$bin" "$systemd" "$environment"
    cat <<'UNINSTALL'
@UNINSTALL@
UNINSTALL
  } | write_file 755 "$bin/$uninstaller"
}

start_service() {
  # what is not to come up with the machine is not started either
  [ "${INSTALL_K3S_SKIP_ENABLE:-}" != true ] || return 0
  info "enabling $service"
  if [ "$init" = systemd ]; then
    [ ! -d /run/systemd/system ] || as_root systemctl daemon-reload
    as_root systemctl enable -q "$unit"
  else
    as_root rc-update -q add "$service" default
  fi
  [ "${INSTALL_K3S_SKIP_START:-}" != true ] || return 0
  if [ "$before" = "$(fingerprint)" ] && [ "${INSTALL_K3S_FORCE_RESTART:-}" != true ] && is_running; then
    info "nothing changed; $service goes on"
    return 0
  fi
  info "starting $service"
  if [ "$init" = systemd ]; then
    as_root systemctl daemon-reload
    as_root systemctl restart "$service" ||
      fatal "$service did not start; see: systemctl status $service; journalctl -u $service"
  else
    as_root rc-service "$service" restart
  fi
}

is_running() {
  if [ "$init" = systemd ]; then systemctl is-active -q "$service"; else rc-service -q "$service" status; fi
}

decide_architecture
decide_command "$@"
decide_places
install_packages
install_program
link_tools
write_environment
if [ "$init" = systemd ]; then write_systemd_unit; else write_openrc_unit; fi
write_removers
tell_of_override
start_service
