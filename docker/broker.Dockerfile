# A single Kafka node from the same jars as on a laptop, for trying things out; in production name your own by IOC_KAFKA_SERVERS.
ARG JOBS=ioc/jobs
FROM ${JOBS}
COPY docker/broker.properties docker/broker.sh /opt/broker/
COPY ioc/stack/log4j2.properties /opt/broker/
CMD ["sh", "/opt/broker/broker.sh"]
