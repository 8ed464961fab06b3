# One image, two commands: `node dist/api/main.js` and `node dist/worker/main.js`.
# Debian slim, not Alpine: Temporal's native bridge needs glibc.
FROM node:24.11.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.11.1-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# What the code finds beside dist: templates and words.
COPY --from=build /app/api/views api/views
COPY --from=build /app/api/words api/words
COPY --from=build /app/emails/templates emails/templates
COPY --from=build /app/emails/words emails/words
COPY --from=build /app/config/sample-legal-texts.json config/sample-legal-texts.json
USER node
EXPOSE 3000
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
