#!/usr/bin/env bash
# Move the alias in service to the version that was just applied; stay until it is there, or until it is clear why not.
set -euo pipefail

fail() {
  local title=$1
  shift
  settled=yes
  echo "::error title=$title::$*"
  exit 1
}

# An early end, for example a cancelled run, does not stop what has begun.
settled=yes
announce() {
  if [ "$settled" = no ]; then
    echo "::error title=Unattended release::the deployment of $FUNCTION goes on without this run. Find it:" \
      "aws deploy list-deployments --application-name $APPLICATION --deployment-group-name $GROUP --query 'deployments[0]'." \
      "Watch it: aws deploy get-deployment --deployment-id ID. Stop it and go back:" \
      "aws deploy stop-deployment --deployment-id ID --auto-rollback-enabled"
  fi
}
trap announce EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

of_alias() { aws lambda get-alias --function-name "$FUNCTION" --name "$ALIAS" --query "$1" --output text; }
of_deployment() { aws deploy get-deployment --deployment-id "$1" --query "deploymentInfo.$2" --output text; }

# Looks until a deployment has ended, and prints how. Nobody answering for a minute is not the deployment's fault.
outcome() {
  local failures=0 status
  while [ "$failures" -lt 12 ]; do
    if status=$(of_deployment "$1" status); then
      failures=0
    else
      failures=$((failures + 1))
    fi
    case "$status" in
      Succeeded | Failed | Stopped)
        echo "$status"
        return
        ;;
    esac
    sleep 5
  done
  return 1
}

applied=$(aws lambda get-function --function-name "$FUNCTION" --qualifier "$VERSION" --query Code.ImageUri --output text)
if [ "$applied" != "$IMAGE" ]; then
  fail "Another image was applied" "version $VERSION of $FUNCTION holds $applied, not $IMAGE. Nothing was released." \
    "Run the whole workflow again, so that it plans and applies $IMAGE first."
fi
if ! aws lambda wait published-version-active --function-name "$FUNCTION" --qualifier "$VERSION"; then
  reason=$(aws lambda get-function-configuration --function-name "$FUNCTION" --qualifier "$VERSION" \
    --query "[State, StateReason || 'no reason given']" --output text)
  fail "Lambda cannot start the image" "version $VERSION of $FUNCTION is not usable (${reason//$'\t'/: }). Nothing was released." \
    "Check that the image is in the registry and built for the architecture that infra/service names."
fi

running=$(aws deploy list-deployments --application-name "$APPLICATION" --deployment-group-name "$GROUP" \
  --include-only-statuses Created Queued InProgress Baking Ready --query 'deployments[0]' --output text)
if [ "$running" != None ]; then
  fail "Another release is under way" "deployment $running is moving $FUNCTION. Nothing was released. Wait until it ends:" \
    "aws deploy wait deployment-successful --deployment-id $running; or stop it and go back:" \
    "aws deploy stop-deployment --deployment-id $running --auto-rollback-enabled. Then run this job again."
fi

current=$(of_alias FunctionVersion)
if [ "$current" = "$VERSION" ]; then
  # The first version, or one that is released already.
  echo "Version $VERSION of $FUNCTION is in service."
  echo "url=$URL" >> "$GITHUB_OUTPUT"
  exit 0
fi

case "$STRATEGY" in
  gradual)
    watched=$(aws deploy get-deployment-group --application-name "$APPLICATION" --deployment-group-name "$GROUP" \
      --query 'deploymentGroupInfo.alarmConfiguration.alarms[].name' --output text)
    read -ra alarms <<< "$watched"
    firing=$(aws cloudwatch describe-alarms --alarm-names "${alarms[@]}" \
      --query "MetricAlarms[?StateValue=='ALARM'].AlarmName" --output text)
    if [ -n "$firing" ]; then
      fail "An alarm is firing already" "${firing//$'\t'/, }: a gradual release would be rolled back at once. In service stays" \
        "version $current. Mend what is in service first, with the Rollback workflow if a release broke it (it does not wait" \
        "for alarms), or wait until the alarm is over; then run this job again."
    fi
    how=(--deployment-config-name "$CANARY")
    ;;
  at-once)
    # Alarms are likely to fire when somebody goes back; they must not send the old version away again.
    how=(--deployment-config-name CodeDeployDefault.LambdaAllAtOnce --override-alarm-configuration enabled=false)
    ;;
  *)
    fail "Unknown strategy" "'$STRATEGY' is neither gradual nor at-once. Nothing was released."
    ;;
esac

target="{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Name\":\"$FUNCTION\",\"Alias\":\"$ALIAS\",\
\"CurrentVersion\":\"$current\",\"TargetVersion\":\"$VERSION\"}}"
revision=$(jq --null-input --arg content "{\"version\":0.0,\"Resources\":[{\"function\":$target}]}" \
  '{revisionType: "AppSpecContent", appSpecContent: {content: $content}}')
settled=no
if ! deployment=$(aws deploy create-deployment --application-name "$APPLICATION" --deployment-group-name "$GROUP" \
  --revision "$revision" --description "$ENVIRONMENT: ${IMAGE#*@}" "${how[@]}" --query deploymentId --output text); then
  fail "The release was refused" "see the error above. In service stays version $current of $FUNCTION."
fi
echo "Deployment $deployment moves $ALIAS of $FUNCTION from version $current to $VERSION ($STRATEGY)."

ended=$(outcome "$deployment")
if [ "$ended" != Succeeded ]; then
  cause=$(of_deployment "$deployment" "errorInformation.[code, message]")
  back=$(of_deployment "$deployment" rollbackInfo.rollbackDeploymentId)
  rollback="There was no automatic rollback."
  if [ "$back" != None ]; then
    rollback="The automatic rollback $back: $(outcome "$back")."
  fi
  fail "Version $VERSION was not released" "deployment $deployment has ended as $ended. Cause: ${cause//$'\t'/: }. $rollback In service is" \
    "version $(of_alias FunctionVersion) of $FUNCTION. What the new version said:" \
    "aws logs tail /aws/lambda/$FUNCTION --since 1h. Mend it and push, or deploy an earlier image with the Rollback workflow."
fi

now=$(of_alias FunctionVersion)
share=$(of_alias "RoutingConfig.AdditionalVersionWeights.* | [0]") # of another version; None without one
if [ "$now" != "$VERSION" ] || [ "$share" != None ]; then
  fail "Another version is in service" "deployment $deployment has succeeded, but $ALIAS of $FUNCTION is at version $now" \
    "(share of another one: $share). Somebody moved it meanwhile: run this job again."
fi
settled=yes
echo "Version $VERSION of $FUNCTION is in service."
echo "url=$URL" >> "$GITHUB_OUTPUT"
