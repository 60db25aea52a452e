import { createServer, type Server } from 'node:http';
import type { Metrics } from '../../observe/metrics.ts';
import { clientTimeouts } from './server.ts';

/** The listener for Prometheus, on a port that the ingress never routes. */
export function createMetricsServer(metrics: Metrics): Server {
  return createServer(clientTimeouts, async (request, response) => {
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { 'Content-Type': metrics.registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
}
