#!/bin/sh
# Makes what docker-compose.yml needs in a folder, `secrets` unless given; what is there already stays as it is.
# The folder is its owner's alone. The files in it are readable, since a container's user has another number than yours; so must
# be what containers are shown of deploy/, whatever your umask.
set -eu
folder=${1:-secrets}
chmod a+r "$(dirname "$0")"/*
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

# make NAME COMMAND…: the command's output is the secret.
make() {
  name=$1
  shift
  [ -s "$name" ] || "$@" > "$name"
  chmod 444 "$name"
}

make secret_keys openssl rand -base64 32
make mongodb_keyfile openssl rand -base64 756
make mongodb_root_password openssl rand -hex 24
make mongodb_password openssl rand -hex 24
make postgres_password openssl rand -hex 24
make mongodb_uri printf 'mongodb://onboarding:%s@mongodb:27017/onboarding?replicaSet=onboarding\n' "$(cat mongodb_password)"

for name in smtp_url plivo_auth_token; do
  if [ -s "$name" ]; then chmod 444 "$name"; else echo "Still to be written by you: $folder/$name; then run this again"; fi
done
