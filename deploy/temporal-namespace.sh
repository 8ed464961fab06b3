# Makes the namespace and the search attributes; may run again. TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: the CLI's own.
# RETENTION: how long Temporal keeps the history of an onboarding that has ended.
tries=0
until temporal operator cluster health > /dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || exit 1
  sleep 1
done

temporal operator namespace describe "$TEMPORAL_NAMESPACE" > /dev/null 2>&1 ||
  temporal operator namespace create --retention "$RETENTION" "$TEMPORAL_NAMESPACE"
temporal operator search-attribute create --name TeamId --type Keyword --name Stage --type Keyword
