# Sourced by bench.sh: what the sample with every source costs as one file compiled ahead.

# measure_sample DIRECTORY: publishes samples/AllSources there and prints its size and start-up time as Markdown.
measure_sample() {
  local out=$1 runs=20 log times=() i before after
  log=$(mktemp)
  rm -rf "$out"
  if ! dotnet publish samples/AllSources -c Release -r linux-x64 -o "$out" --nologo -v quiet -clp:NoSummary >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  "$out/AllSources" static:///127.0.0.1:80 >/dev/null # once unmeasured, to have the file in memory
  for ((i = 0; i < runs; i++)); do
    before=$(date +%s%N)
    "$out/AllSources" static:///127.0.0.1:80 >/dev/null
    after=$(date +%s%N)
    times+=($(((after - before) / 1000)))
  done
  mapfile -t times < <(printf '%s\n' "${times[@]}" | sort -n)
  printf '### A program with every source\n\n'
  printf '`samples/AllSources` (host, configuration, every source), published for linux-x64 as one ReadyToRun file that uses the installed runtime.\n\n'
  printf '| | |\n|---|---:|\n'
  printf '| size of the file | %s MB |\n' "$(stat -c %s "$out/AllSources" | awk '{ printf "%.1f", $1 / 1e6 }')"
  printf '| from start to the end of one answer, median of %d | %s ms |\n' "$runs" "$(awk -v t="${times[runs / 2]}" 'BEGIN { printf "%.0f", t / 1000 }')"
  printf '| the same, slowest | %s ms |\n' "$(awk -v t="${times[runs - 1]}" 'BEGIN { printf "%.0f", t / 1000 }')"
}
