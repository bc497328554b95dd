# Sourced by demo.sh, test.sh and bench.sh: what they all need first.

need_dotnet() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing. Install it (package dotnet-sdk-10.0, or see https://dotnet.microsoft.com/download) and run this again." >&2
    exit 1
  fi
}

# The dashboard is built with it (build/Dashboard.targets).
need_node() {
  if ! command -v npm >/dev/null || ! node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; then
    echo "Node.js 20 or newer, or its npm, is missing. Install it (package nodejs, or see https://nodejs.org) and run this again." >&2
    exit 1
  fi
}

# need_package COMMAND PACKAGE: installs a Debian package when its command is missing.
need_package() {
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $2…" >&2
    { apt-get install -y --no-install-recommends "$2" || { apt-get update && apt-get install -y --no-install-recommends "$2"; }; } >/dev/null 2>&1 || true
  fi
  command -v "$1" >/dev/null && return
  echo "$1 is missing and could not be installed. Install the package $2 and run this again." >&2
  return 1
}

# need_go_library PATH PACKAGE: installs the Debian package of a Go library when it is missing.
need_go_library() {
  local folder="/usr/share/gocode/src/$1"
  [ -d "$folder" ] && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $2…" >&2
    { apt-get install -y --no-install-recommends "$2" || { apt-get update && apt-get install -y --no-install-recommends "$2"; }; } >/dev/null 2>&1 || true
  fi
  [ -d "$folder" ] && return
  echo "The Go library $1 is missing and could not be installed. Install the package $2 and run this again." >&2
  return 1
}

# unpack_package COMMAND PACKAGE [LIBRARY…]: unpacks a Debian package below artifacts/tools when it is not there, and the packages of libraries it needs with it.
# Nothing is installed: a package with a server would start it as a service. What else the package depends on must be there already, so this is for programs that
# need hardly more than libc.
unpack_package() {
  local command=$1 folder="artifacts/tools/$2"
  shift
  [ -x "$folder/usr/bin/$command" ] || [ -x "$folder/usr/sbin/$command" ] && return
  if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    echo "Unpacking $1…" >&2
    rm -rf "$folder" "$folder.download"
    mkdir -p "$folder.download"
    (
      cd "$folder.download"
      apt-get download "$@" || { [ "$(id -u)" -eq 0 ] && apt-get update && apt-get download "$@"; }
      for package in ./*.deb; do dpkg-deb -x "$package" unpacked; done
    ) >/dev/null 2>&1 && mv "$folder.download/unpacked" "$folder"
    rm -rf "$folder.download"
  fi
  [ -x "$folder/usr/bin/$command" ] || [ -x "$folder/usr/sbin/$command" ] && return
  echo "$command is missing and could not be had. Unpack the package $1 into $folder and run this again." >&2
  return 1
}

# build CONFIGURATION [PROJECT…]: quiet unless it fails.
build() {
  local configuration=$1 log
  shift
  log=$(mktemp)
  echo "Building ($configuration)…" >&2
  for project in "${@:-Rollcall.slnx}"; do
    if ! dotnet build "$project" -c "$configuration" --nologo -v quiet -clp:NoSummary >"$log" 2>&1; then
      cat "$log" >&2
      rm -f "$log"
      exit 1
    fi
  done
  rm -f "$log"
}

# failed_tests RESULTS: the tests that failed in one file of results, of xunit.v3 or of vitest, each with what it said.
failed_tests() {
  node -e '
    const text = fs.readFileSync(process.argv[1], "utf8");
    const plain = s => s.replace(/&(lt|gt|quot|apos|amp|#x?[0-9a-f]+);/gi, (all, name) => ({ lt: "<", gt: ">", quot: "\"", apos: "\u0027", amp: "&" })[name] ?? " ");
    const say = (name, message) => console.log([name, ...message.trim().split("\n").slice(0, 12)].join("\n    "));
    if (text.startsWith("{")) {
      for (const file of JSON.parse(text).testResults)
        for (const test of file.assertionResults.filter(t => t.status === "failed"))
          say(test.fullName, test.failureMessages.join("\n"));
    } else {
      for (const [, start, end] of text.matchAll(/<(?:test|error) ([^>]*[^\/])>(.*?)<\/(?:test|error)>/gs))
        if (end.includes("<failure"))
          say(plain(start.match(/name="([^"]*)"/)?.[1] ?? "?"), plain(end.match(/<message>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?<\/message>/s)?.[1] ?? ""));
    }' "$1"
}
