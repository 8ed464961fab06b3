import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/**
 * The door for whoever watches, on a port of its own that no proxy leads to: `/metrics` for Prometheus, `/healthz` for
 * the container's engine.
 * @throws where the port cannot be had
 */
export async function serveMonitoring({
  port,
  host,
  metrics,
  isHealthy,
}: {
  port: number;
  host: string;
  /** In Prometheus' text format. */
  metrics: () => Promise<string>;
  isHealthy: () => boolean;
}): Promise<Server> {
  const server = createServer(async (req, res) => {
    if (req.url === '/healthz') {
      const healthy = isHealthy();
      res.writeHead(healthy ? 200 : 503, { 'Content-Type': 'application/json' });
      return res.end(JSON.stringify({ status: healthy ? 'ok' : 'failing' }));
    }
    if (req.url !== '/metrics') return res.writeHead(404).end();
    try {
      const text = await metrics();
      res.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    } catch {
      res.writeHead(500).end();
    }
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
