# docker build -t auth-service --build-arg VERSION=1.0.0 --build-arg REVISION="$(git rev-parse HEAD)" .
# Pin the digest as well: --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:… as your registry reports it.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
# For --target backup: an image of Debian bookworm with the major version of your server. pg_restore of a newer version
# sends settings that an older server refuses, and an older pg_dump refuses a newer server.
ARG POSTGRES_IMAGE=postgres:18-bookworm

FROM ${NODE_IMAGE} AS build
WORKDIR /srv/auth
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY app app
RUN npm run build

# For docker-compose.yml, which mounts app and migrations over these copies: every change restarts the service.
FROM build AS development
COPY migrations migrations
# The service makes its key pair here. A volume takes the owner from the image.
RUN mkdir .data && chown 10001:10001 .data
USER 10001:10001
CMD ["bash", "-c", "node --import=tsx app/main.ts migrate && exec node_modules/.bin/tsx watch --clear-screen=false app/main.ts"]

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /srv/auth
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM ${POSTGRES_IMAGE} AS postgres

FROM ${NODE_IMAGE} AS service
ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="auth-service" \
      org.opencontainers.image.description="Authentication service" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV ENV=production NODE_ENV=production
WORKDIR /srv/auth
COPY --from=dependencies /srv/auth/node_modules node_modules
COPY --from=build /srv/auth/dist dist
COPY migrations migrations
COPY package.json ./
COPY app/auth-service /usr/local/bin/
# Nothing in production installs a package. An attacker who can run a command finds no tool for that.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
# Numeric, so that Kubernetes can verify runAsNonRoot. Everything above belongs to root and is only read: the service
# writes no file in production and runs with a read-only root.
USER 10001:10001
EXPOSE 8000 9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["auth-service", "health"]
ENTRYPOINT ["auth-service"]

# docker build --target backup: the service, and the programs for the commands backup and restore.
FROM service AS backup
USER root
# libpq5 brings the libraries that libpq of POSTGRES_IMAGE needs as well. rclone verifies buckets by ca-certificates.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates gpg gpg-agent liblz4-1 libpq5 libzstd1 rclone zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=postgres /usr/lib/postgresql/*/bin/pg_dump /usr/lib/postgresql/*/bin/pg_restore /usr/local/bin/
COPY --from=postgres /usr/lib/*-linux-gnu/libpq.so.5* /usr/local/lib/
RUN ldconfig && pg_dump --version && pg_restore --version
USER 10001:10001

# The last stage is what docker build makes without --target.
FROM service
