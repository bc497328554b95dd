#!/usr/bin/env bash
# Installs what is missing, builds, runs every test and ends with one line: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh

need_dotnet
need_node
# The judges of the Kubernetes API server double. Without them the tests they judge are skipped, or fail where CI=true.
unpack_package kubectl kubernetes-client || true
unpack_package victoria-metrics victoria-metrics || true
# The source etcd:/// is tested against real servers.
unpack_package etcd etcd-server || true
# Nodes of the gossip mesh live in one cluster with real Serf agents.
unpack_package serf serf || true
# Such clusters are tested in networks of their own, which lose, delay and divide.
need_package ip iproute2 || true
need_package iptables iptables || true
# The name server that dns:/// is tested on.
need_package dnsmasq dnsmasq-base || true
# Charts are rendered by a program over the libraries that helm is made of.
need_package go golang-go || true
need_go_library github.com/Masterminds/sprig golang-github-masterminds-sprig-dev || true
need_go_library github.com/xeipuuv/gojsonschema golang-github-xeipuuv-gojsonschema-dev || true
need_go_library sigs.k8s.io/yaml golang-k8s-sigs-yaml-dev || true
# The dashboard is tested in a real browser.
need_package chromium chromium || true
build Debug

# A shell that started this in the background has made it ignore Ctrl-C, and so would every program it starts.
run=()
if env --default-signal=INT true 2>/dev/null; then run=(env --default-signal=INT); fi

passed=0 failed=0 skipped=0 status=0 failures=()
for project in tests/*.Tests tests/Rollcall.EndToEnd; do
  name=$(basename "$project")
  results="artifacts/test-results/$name.xml"
  mkdir -p artifacts/test-results
  rm -f "$results"
  printf '\n== %s\n' "$name"
  "${run[@]}" dotnet "artifacts/bin/$name/debug/$name.dll" -noLogo -noColor -xml "$results" "$@" || status=1
  if [ ! -s "$results" ]; then
    failures+=("$name wrote no results")
    failed=$((failed + 1)) status=1
    continue
  fi
  count() { grep -o '<assembly [^>]*>' "$results" | grep -o " $1=\"[0-9]*\"" | awk -F'"' '{ sum += $2 } END { print sum + 0 }'; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed) + $(count errors)))
  skipped=$((skipped + $(count skipped)))
  failures+=("$(failed_tests "$results")")
done

# The logic of the dashboard. Arguments choose among the tests of .NET; with any, only those are run.
if [ $# -eq 0 ]; then
  printf '\n== dashboard\n'
  results="$PWD/artifacts/test-results/dashboard.json"
  rm -f "$results"
  (cd dashboard && npm test --silent -- --reporter=default --reporter=json --outputFile.json="$results") || status=1
  if [ -s "$results" ]; then
    read -r good bad left < <(node -p 'const r = JSON.parse(fs.readFileSync(process.argv[1])); [r.numPassedTests, r.numFailedTests, r.numPendingTests + r.numTodoTests].join(" ")' "$results")
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    failures+=("$(failed_tests "$results")")
  else
    failures+=("dashboard wrote no results")
    failed=$((failed + 1)) status=1
  fi
fi

# Once more at the end, where a reader of a long output looks first.
if [ "$failed" -gt 0 ]; then
  printf '\nFailed:\n'
  printf '%s\n' "${failures[@]}" | sed '/^$/d; s/^/  /'
fi
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
