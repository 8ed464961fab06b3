#!/bin/sh
# Has Docker Compose itself read docker-compose.yml, alone and with what tests lay over it, with the example's settings; needs no engine.
# Fails where there is no Compose: a check that did not run has not passed.
set -eu
if docker compose version > /dev/null 2>&1; then
  compose='docker compose'
elif docker-compose version > /dev/null 2>&1; then
  compose=docker-compose
else
  echo 'docker-compose.yml was NOT checked: there is neither "docker compose" nor "docker-compose" here.' >&2
  exit 1
fi

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cp docker-compose.yml deploy/compose.verify.yaml "$folder"
cp .env.example "$folder/.env"
$compose --project-directory "$folder" --file "$folder/docker-compose.yml" config --quiet
$compose --project-directory "$folder" --file "$folder/docker-compose.yml" --file "$folder/compose.verify.yaml" config --quiet
echo "docker-compose.yml: $($compose version --short) finds nothing wrong."
