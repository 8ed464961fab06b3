# Makes the namespace and the search attributes; may run again. TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: the CLI's own.
# RETENTION: how long Temporal keeps the history of an onboarding that has ended.

# Tries a command for a minute: a server that starts refuses everything, and knows a new namespace only seconds later.
patiently() {
  tries=0
  until said=$("$@" 2>&1); do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      echo "$said" >&2
      exit 1
    fi
    sleep 1
  done
}

patiently temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
patiently temporal operator search-attribute create --name TeamId --type Keyword --name Stage --type Keyword
