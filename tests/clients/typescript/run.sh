#!/usr/bin/env bash
# Makes TypeScript clients from the served documents, checks the story against them, and runs it.
#
# usage: run.sh BASE_URL FOLDER, where FOLDER has the node_modules of package.json
set -euo pipefail
export BASE=$1
folder=$2 here=$(cd "$(dirname "$0")" && pwd)
cd "$folder"
rm -rf generated built
cp "$here/story.ts" "$here/tsconfig.json" "$here/openapi-ts.config.mjs" .
node_modules/.bin/openapi-ts >generated.log 2>&1 || { cat generated.log; echo "0 passed, 1 failed"; exit 1; }
node_modules/.bin/tsc -p . || { echo "0 passed, 1 failed"; exit 1; }
node built/story.js "$BASE"
