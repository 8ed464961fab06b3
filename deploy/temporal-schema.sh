# Makes Temporal's two databases and brings them to the version of the tool; may run again.
# SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER: the tool's own. SCHEMA: the folder that comes with it.
if [ -n "${SQL_PASSWORD_FILE:-}" ]; then
  SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
  export SQL_PASSWORD
fi

for kind in temporal visibility; do
  if [ "$kind" = temporal ]; then SQL_DATABASE=temporal; else SQL_DATABASE=temporal_visibility; fi
  export SQL_DATABASE
  temporal-sql-tool create-database
  temporal-sql-tool setup-schema --version 0.0
  temporal-sql-tool update-schema --schema-dir "$SCHEMA/$kind/versioned"
done
