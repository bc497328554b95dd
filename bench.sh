#!/usr/bin/env bash
# Installs what is missing, builds, measures this product beside its peers on this machine and writes benchmarks/RESULTS.md.
#   ./bench.sh            everything (about an hour); benchmarks/RESULTS.md is made of the newest full run of each part
#   ./bench.sh load […]   real servers only: registrations listing watch scale; --quick for a short, uncommitted look
#   ./bench.sh sources    sources beside what people would use instead (kubectl), and a sample with all of them; --quick as above
#   ./bench.sh routing […]  the gateway beside YARP, nginx and haproxy, and policies with a slow instance (about 6 minutes): proxies policies gateway-policies; --quick as above
#   ./bench.sh live […]   a cluster of emulators shown live: latency to the API and to a browser, many open dashboards (about 10 minutes): latency browser dashboards; --quick as above
#   ./bench.sh gossip […]  clusters of 30 nodes beside 30 Serf agents, the simulator's 10,000 nodes and what a packet costs (about 25 minutes): cluster simulator; --quick as above
#   ./bench.sh micro [F]  BenchmarkDotNet only; F is its filter
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh
source scripts/measure-sample.sh
source scripts/publish-rollcall.sh

what=${1:-all}
[ $# -gt 0 ] && shift
out=artifacts/bench
mkdir -p "$out"

need_dotnet
need_node
if [ "$what" = all ] || [ "$what" = load ]; then
  need_package etcd etcd-server
  need_package wrk wrk
fi
if [ "$what" = all ] || [ "$what" = sources ]; then
  unpack_package kubectl kubernetes-client
  PATH="$PWD/artifacts/tools/kubernetes-client/usr/bin:$PATH"
fi
if [ "$what" = all ] || [ "$what" = routing ]; then
  need_package wrk wrk
  unpack_package nginx nginx
  unpack_package haproxy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1
fi
if [ "$what" = all ] || [ "$what" = live ]; then
  need_package chromium chromium || true
fi
if [ "$what" = all ] || [ "$what" = gossip ]; then
  unpack_package serf serf
fi
build Release src/Rollcall.Cli benchmarks/Rollcall.Load benchmarks/Rollcall.SourcesLoad benchmarks/Rollcall.RoutingLoad benchmarks/Rollcall.LiveLoad benchmarks/Rollcall.GossipLoad benchmarks/Rollcall.Benchmarks

# Each part is written behind the date of its measurement; --quick is for a look and writes nothing.
part() {
  local file=$1
  shift
  for argument; do [ "$argument" != --quick ] || return 0; done
  { echo "Measured on $(date -u +%F)."; echo; cat "$out/$file.new"; } >"$out/$file.md"
}

load() {
  rm -rf "$out/data"
  dotnet artifacts/bin/Rollcall.Load/release/Rollcall.Load.dll artifacts/bin/Rollcall.Cli/release/rollcall "$out/data" "$out/load.new" "$@" || [ $? -eq 1 ]
  rm -rf "$out/data"
}

sources() {
  dotnet artifacts/bin/Rollcall.SourcesLoad/release/Rollcall.SourcesLoad.dll "$out/sources.new" "$@" || [ $? -eq 1 ]
  echo >>"$out/sources.new"
  measure_sample "$out/AllSources" | tee -a "$out/sources.new"
  part sources "$@"
}

routing() {
  rm -rf "$out/routing-data"
  dotnet artifacts/bin/Rollcall.RoutingLoad/release/Rollcall.RoutingLoad.dll artifacts/bin/Rollcall.Cli/release/rollcall \
    artifacts/tools/nginx/usr/sbin/nginx artifacts/tools/haproxy/usr/sbin/haproxy "$out/routing-data" "$out/routing.new" "$@" || [ $? -eq 1 ]
  rm -rf "$out/routing-data"
}

live() {
  rm -rf "$out/live-data"
  dotnet artifacts/bin/Rollcall.LiveLoad/release/Rollcall.LiveLoad.dll artifacts/bin/Rollcall.Cli/release/rollcall "$out/live-data" "$out/live.new" "$@" || [ $? -eq 1 ]
  rm -rf "$out/live-data"
}

# The program as it is published for one platform: a mesh has one on each machine, and starting is a part of what is measured.
gossip() {
  publish_rollcall "$out/rollcall"
  rm -rf "$out/gossip-data"
  dotnet artifacts/bin/Rollcall.GossipLoad/release/Rollcall.GossipLoad.dll "$out/rollcall/rollcall" artifacts/tools/serf/usr/bin/serf "$out/gossip-data" "$out/gossip.new" "$@" || [ $? -eq 1 ]
  rm -rf "$out/gossip-data"
  for argument; do [ "$argument" != --quick ] || return 0; done
  # What a packet costs is among the figures of ./bench.sh micro as well.
  dotnet artifacts/bin/Rollcall.Benchmarks/release/Rollcall.Benchmarks.dll "$out/gossip-micro.new" --filter '*Gossip*' --artifacts "$out/micro"
  { echo; cat "$out/gossip-micro.new"; } >>"$out/gossip.new"
}

micro() {
  dotnet artifacts/bin/Rollcall.Benchmarks/release/Rollcall.Benchmarks.dll "$out/micro.new" --filter "${1:-*}" --artifacts "$out/micro"
}

case $what in
  load) load "$@"; [ $# -gt 0 ] || part load ;;
  sources) sources "$@" ;;
  routing) routing "$@"; [ $# -gt 0 ] || part routing ;;
  live) live "$@"; [ $# -gt 0 ] || part live ;;
  gossip) gossip "$@"; [ $# -gt 0 ] || part gossip ;;
  micro) micro "$@"; [ $# -gt 0 ] || part micro ;;
  all)
    load "$@"
    part load "$@"
    sources "$@"
    routing "$@"
    part routing "$@"
    live "$@"
    part live "$@"
    gossip "$@"
    part gossip "$@"
    micro
    part micro "$@"
    ;;
  *) echo "usage: $0 [load|sources|routing|live|gossip|micro] …" >&2; exit 2 ;;
esac

for each in load sources routing live gossip micro; do
  [ -s "$out/$each.md" ] || { echo "$out/$each.md is missing: benchmarks/RESULTS.md stays as it is until every part has been measured in full."; exit 0; }
done
{
  echo '# Results'
  echo
  echo 'Written by `./bench.sh`; repeat them with it. Ratios are what to compare: absolute figures belong to the machine.'
  echo
  echo '## Real servers'
  echo
  cat "$out/load.md"
  echo
  echo '## Sources'
  echo
  cat "$out/sources.md"
  echo
  echo '## Routing'
  echo
  cat "$out/routing.md"
  echo
  echo '## Live'
  echo
  cat "$out/live.md"
  echo
  echo '## Gossip'
  echo
  cat "$out/gossip.md"
  echo
  echo '## In one process (BenchmarkDotNet)'
  echo
  cat "$out/micro.md"
} >benchmarks/RESULTS.md
echo 'Wrote benchmarks/RESULTS.md'
