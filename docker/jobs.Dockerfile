# Airflow with its tasks: Spark needs Java and the jars of ioc/stack/ivy.xml, fetched while the image is built.
ARG BASE=ioc/base
FROM ${BASE}
USER root
RUN mkdir -p /usr/share/man/man1 && apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless procps \
 && rm -rf /var/lib/apt/lists/*
ENV XDG_CACHE_HOME=/opt/ioc/cache
RUN python -m ioc.stack.jars && rm -rf /opt/ioc/cache/ioc-pipeline/ivy && chmod -R a+rwX /opt/ioc/cache
COPY dags /opt/airflow/dags
ENV AIRFLOW_HOME=/var/lib/ioc/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/airflow/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__EXECUTOR=LocalExecutor \
    AIRFLOW__CORE__PARALLELISM=2 \
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False
USER ioc
CMD ["airflow", "scheduler", "--skip-serve-logs"]
