#!/bin/sh
# Formats the storage the first time, then becomes the broker.
set -eu
jars="$(echo /opt/ioc/cache/ioc-pipeline/jars/*/broker)/*"
log="-Dlog4j2.configurationFile=/opt/broker/log4j2.properties -Dkafka.logs.dir=/var/lib/ioc/kafka-logs"
mkdir -p /var/lib/ioc/kafka /var/lib/ioc/kafka-logs
if [ ! -e /var/lib/ioc/kafka/bootstrap.checkpoint ]; then
  id=$(python -c 'import base64, uuid; print(base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))')
  java -Xmx256m $log -cp "$jars" kafka.tools.StorageTool format -t "$id" -c /opt/broker/broker.properties
fi
exec java -Xmx512m $log -cp "$jars" kafka.Kafka /opt/broker/broker.properties
