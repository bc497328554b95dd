# Sourced by bench.sh: the command line as its users get it.

# publish_rollcall DIRECTORY: the program compiled ahead for this platform, with the installed runtime.
publish_rollcall() {
  local log
  log=$(mktemp)
  rm -rf "$1"
  echo "Publishing rollcall…" >&2
  if ! dotnet publish src/Rollcall.Cli -c Release -r linux-x64 --no-self-contained -o "$1" --nologo -v quiet -clp:NoSummary >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
