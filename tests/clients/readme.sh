#!/usr/bin/env bash
# Runs the stories of the README as they are printed, one after the other, and checks that every answer holds what is promised.
# Usage: readme.sh <base URL>
set -euo pipefail
readme=$(dirname "$0")/../../README.md
story=$(awk '/^<!-- story/ {wanted=1; next} wanted && /^```sh/ {inside=1; next} inside && /^```/ {wanted=inside=0} inside' "$readme")
output=$(HOST=$1 bash -euo pipefail <<<"$story")
passed=0
failed=0
while IFS= read -r promised; do
  if grep -qF -- "$promised" <<<"$output"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "readme.sh: no answer holds: $promised" >&2
  fi
done < <(sed -n 's/^#=> //p' <<<"$story")
[ "$failed" -eq 0 ] || echo "$output" >&2
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
