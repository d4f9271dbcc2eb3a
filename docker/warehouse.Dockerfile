# The warehouse out of the same wheel as on a laptop, for trying things out; in production name your own by IOC_WAREHOUSE_URL.
ARG BASE=ioc/base
FROM ${BASE}
COPY docker/warehouse.sh /opt/warehouse/
CMD ["sh", "/opt/warehouse/warehouse.sh"]
