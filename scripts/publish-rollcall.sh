# Sourced by bench.sh: the command line as its users get it.

# publish_rollcall DIRECTORY: the program compiled ahead for this platform, with the installed runtime; and below it, in member/, the small one that it becomes for `rollcall gossip run`.
publish_rollcall() {
  rm -rf "$1"
  echo "Publishing rollcall…" >&2
  publish_quietly src/Rollcall.Cli --no-self-contained -o "$1" && publish_quietly src/Rollcall.Member -o "$1/member" -p:DebugType=none
}

# publish_quietly PROJECT [OPTION…]: says nothing unless it fails.
publish_quietly() {
  local log
  log=$(mktemp)
  if ! dotnet publish "$1" -c Release -r linux-x64 -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false --nologo -v quiet -clp:NoSummary "${@:2}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
