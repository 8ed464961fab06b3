#!/bin/sh
# Has Prometheus' own promtool read the alert rules and play their tests through.
# Fails where there is no promtool: a check that did not run has not passed.
set -eu
if ! command -v promtool > /dev/null 2>&1; then
  echo 'The alert rules were NOT checked: there is no "promtool" (part of Prometheus) here.' >&2
  exit 1
fi
promtool check rules deploy/monitoring/prometheus-rules.yml
promtool test rules deploy/monitoring/prometheus-rules.test.yml
