# Sourced by demo.sh, test.sh and bench.sh: what they all need first.

need_dotnet() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing. Install it (package dotnet-sdk-10.0, or see https://dotnet.microsoft.com/download) and run this again." >&2
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

# unpack_package COMMAND PACKAGE: unpacks a Debian package below artifacts/tools when it is not there. Nothing is installed: a package with a server would start it
# as a service. What the package depends on must be there already, so this is for programs that need hardly more than libc.
unpack_package() {
  local folder="artifacts/tools/$2"
  [ -x "$folder/usr/bin/$1" ] && return
  if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    echo "Unpacking $2…" >&2
    rm -rf "$folder" "$folder.download"
    mkdir -p "$folder.download"
    (
      cd "$folder.download"
      apt-get download "$2" || { [ "$(id -u)" -eq 0 ] && apt-get update && apt-get download "$2"; }
      dpkg-deb -x ./*.deb unpacked
    ) >/dev/null 2>&1 && mv "$folder.download/unpacked" "$folder"
    rm -rf "$folder.download"
  fi
  [ -x "$folder/usr/bin/$1" ] && return
  echo "$1 is missing and could not be had. Unpack the package $2 into $folder and run this again." >&2
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
