#!/usr/bin/env bash
# Say what an environment holds after a deployment, however it ended: to the log and to the run's summary.
set -euo pipefail

say() {
  echo "::$1 title=$ENVIRONMENT::$2"
  echo "**$ENVIRONMENT**: $2" >> "$GITHUB_STEP_SUMMARY"
}

# What the state says, not what this run believes.
recorded=$(terraform -chdir=infra/live output -json | jq --raw-output '.image.value // "none"')
# Before the first apply there is no state: nothing comes through the pipe.
count=$(terraform -chdir=infra/live state pull | jq --slurp '[.[].resources[] | select(.mode == "managed") | .instances[]] | length')
details="According to the state, $ENVIRONMENT has $count resources and the image $recorded."

if [ "$SMOKE" = success ]; then
  say notice "$IMAGE is in service."
elif [ "$APPLY" = skipped ]; then
  say error "Nothing was changed. In service is what was before: ${BEFORE:-nothing yet}."
elif [ "$APPLY" != success ]; then
  say error "The apply ended early ($APPLY); part of the plan may be done. $details Before it was ${BEFORE:-nothing}.\
 Run the Deploy workflow again to finish, or the Rollback workflow to go back."
elif [ "$RELEASE" = cancelled ] || [ "$SMOKE" = cancelled ]; then
  say error "Cancelled while $IMAGE was being released. $details Before it was ${BEFORE:-nothing}.\
 Run the Deploy workflow again to finish, or the Rollback workflow to go back."
elif [ "$RELEASE" = skipped ]; then
  say error "$IMAGE was applied but not released, since the step before has failed. $details Before it was ${BEFORE:-nothing}."
elif [ -z "$BEFORE" ]; then
  say error "$IMAGE failed, and there is nothing to go back to: it is the first deployment of $ENVIRONMENT. $details\
 Mend the cause and push, or take the environment down as docs/runbooks/deploy.md says."
elif [ "$BEFORE" = "$IMAGE" ]; then
  say error "$IMAGE failed, and there is nothing to go back to: it was the image in service before as well. $details\
 What has changed is the infrastructure: revert that commit, or roll back to an earlier image."
elif [ "$BACK_SMOKE" = success ]; then
  say error "$IMAGE failed and was rolled back. In service now: $BEFORE."
else
  say error "$IMAGE failed, and so did the rollback to $BEFORE (plan $BACK_PLAN, apply $BACK_APPLY, release $BACK_RELEASE,\
 smoke test ${BACK_SMOKE:-skipped}). $details Act now: docs/runbooks/deploy.md."
fi
