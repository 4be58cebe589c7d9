# The image of the API. The web app, the job and doctor run from it with another command.
# The Node version is that of the "node" package in package.json, so that tests and production run the same one.
ARG NODE_IMAGE=docker.io/library/node:26.10.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Install scripts do not run: docs/supply-chain.md lists the packages that have one, and the image needs none of them.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY codegen/build-ide.ts ./codegen/build-ide.ts
COPY schema ./schema
COPY src ./src
RUN node codegen/build-ide.ts
# The server serves the built IDE and never reads its sources.
RUN rm -r src/clients/ide

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
# The base image has Node already.
RUN rm -r node_modules/node

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="fakebook-api" \
      org.opencontainers.image.description="A GraphQL API whose OAuth scopes are written once, in the schema" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
# The container installs nothing, and an attacker should not find a package manager.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn*
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY --from=build /app/schema ./schema
COPY --from=build /app/build ./build
COPY --from=build /app/src ./src
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000
# Numeric, since Kubernetes cannot verify that a named user is not root. The user owns nothing in /app, so it is read-only.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`, { signal: AbortSignal.timeout(4000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The list form makes Node process 1, so that SIGTERM reaches it. Requests allocate little: the smaller young generation
# costs no time and saves 45 MB.
ENTRYPOINT ["node", "--max-semi-space-size=8", "src/main.ts"]
CMD ["api"]
