#!/usr/bin/env bash
# Turn what Terraform printed as it failed into an annotation that names the cause and the remedy.
set -euo pipefail
log=$1 environment=$2

field() { sed -nE "s/^[^A-Za-z]*$1: +(.*[^ ]) *$/\1/p" "$log" | head -n 1; }

if grep -q 'Error acquiring the state lock' "$log"; then
  echo "::error title=The state of $environment is locked::$(field Path) is locked by $(field Who) since $(field Created)" \
    "($(field Operation), lock $(field ID)). If that run is still at work, wait for it and run this one again. If it is gone," \
    "remove its lock: terraform -chdir=infra/live init -reconfigure -backend-config=../state.s3.tfbackend" \
    "-backend-config=$environment.s3.tfbackend && terraform -chdir=infra/live force-unlock $(field ID)"
elif grep -q 'Saved plan is stale' "$log"; then
  echo "::error title=The plan is out of date::the state of $environment has changed since the plan was made;" \
    "nothing was applied. Run the whole workflow again, so that it plans anew."
else
  # All of the first error on one line: what to do stands below its title, with what Terraform shows of the code.
  error=$(sed -E 's/^│ ?//; /[├│╷╵]/d' "$log" | awk '/Error: / && ++errors == 2 { exit } errors' | tr -s ' \n' ' ')
  echo "::error title=Terraform failed in $environment::${error:-$(tail -n 1 "$log")}"
fi
