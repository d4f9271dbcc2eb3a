# Intake, gate, live workers, simulator and the command line; the compose file says which.
ARG BASE=ioc/base
FROM ${BASE}
CMD ["python", "-m", "streams.intake"]
