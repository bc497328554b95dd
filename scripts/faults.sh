#!/usr/bin/env bash
# Builds, and breaks things for a minute each while requests are sent that must not notice; test.sh takes a few seconds for each.
#   scripts/faults.sh [SECONDS] [ARGUMENTS OF THE TEST PROGRAM, such as -method '*killed*']
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

export ROLLCALL_FAULT_SECONDS=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- -namespace Rollcall.EndToEnd.Faults
need_dotnet
build Debug tests/Rollcall.EndToEnd
dotnet artifacts/bin/Rollcall.EndToEnd/debug/Rollcall.EndToEnd.dll -noLogo -noColor -showLiveOutput "$@"
