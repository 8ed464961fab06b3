# One image, two commands: `node dist/api/main.js` and `node dist/worker/main.js`; before them, `node dist/admin/main.js migrate`.
# Debian slim, not Alpine: Temporal's native bridge needs glibc.
FROM node:24.20.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM build AS production
# Of Temporal's native bridge only this machine's kind. The compiler, which npm keeps as some package's optional peer, has no use here.
RUN npm prune --omit=dev --ignore-scripts \
 && rm -r node_modules/typescript node_modules/@typescript \
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM node:24.20.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg
COPY --from=production /app/package.json ./
COPY --from=production /app/node_modules node_modules
# The rooms that run; dev, bench and test stay behind.
COPY --from=production /app/dist/activities dist/activities
COPY --from=production /app/dist/admin dist/admin
COPY --from=production /app/dist/api dist/api
COPY --from=production /app/dist/config dist/config
COPY --from=production /app/dist/emails dist/emails
COPY --from=production /app/dist/monitoring dist/monitoring
COPY --from=production /app/dist/store dist/store
COPY --from=production /app/dist/worker dist/worker
COPY --from=production /app/dist/workflows dist/workflows
# What the code finds beside dist: templates and words.
COPY --from=production /app/api/views api/views
COPY --from=production /app/api/words api/words
COPY --from=production /app/emails/templates emails/templates
COPY --from=production /app/emails/words emails/words
COPY --from=production /app/config/sample-legal-texts.json config/sample-legal-texts.json
USER node
EXPOSE 3000
# The api's. A worker answers on METRICS_PORT: docker-compose.yml has its check.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
