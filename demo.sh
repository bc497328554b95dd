#!/usr/bin/env bash
# Installs what is missing, builds, and shows what Rollcall is for on real processes. --keep leaves them running, --help says more.
#   ./demo.sh         instances are killed, drained, frozen and replaced under traffic
#   ./demo.sh loco    a cluster of emulators, found through a Kubernetes API server double, is scaled up and down
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh

name=Demo project=samples/Demo/Demo.csproj
if [ "${1-}" = loco ]; then
  name=Loco.Demo project=samples/loco/Demo/Loco.Demo.csproj
  shift
fi

need_dotnet
need_node
build Release "$project"

# In a process group of its own: Ctrl-C reaches the demo alone, which ends its processes in order; and whatever happens to it, the whole
# group can be ended.
set -m
dotnet "artifacts/bin/$name/release/$name.dll" "$@" &
demo=$!
set +m

status=1
clean_up() {
  if [ "$status" -ne 0 ]; then
    kill -KILL -- "-$demo" 2>/dev/null || true
  fi
}
trap clean_up EXIT
trap 'signalled=1; kill -INT "$demo" 2>/dev/null || true' INT
trap 'signalled=1; kill -TERM "$demo" 2>/dev/null || true' TERM HUP

# A trapped signal ends `wait` early; the demo itself decides when it is over.
while :; do
  signalled='' status=0
  wait "$demo" || status=$?
  [ -n "$signalled" ] || break
done
exit "$status"
