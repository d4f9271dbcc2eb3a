# The operators' page: the same Python, and the npm files it serves.
ARG BASE=ioc/base
FROM ${BASE}
USER root
WORKDIR /opt/ioc
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --silent --no-audit --no-fund --ignore-scripts
ENV IOC_SCREENS_MODULES=/opt/ioc/node_modules
WORKDIR /var/lib/ioc
USER ioc
CMD ["python", "-m", "screens"]
