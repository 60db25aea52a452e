import type { Secret } from '../../config/config.ts';
import { type Endpoint, endpoint } from '../../http/route/endpoint.ts';
import type { Metrics } from '../../observe/metrics.ts';

/** A scraper asks once in some seconds. */
const refusals = { name: 'metrics_token', points: 30, window: 60_000 } as const;

/** Scrapes at the same time share one rendering. */
function createExposition({ registry }: Pick<Metrics, 'registry'>): () => Promise<string> {
  let rendering: Promise<string> | null = null;
  return () => {
    rendering ??= registry.metrics().finally(() => {
      rendering = null;
    });
    return rendering;
  };
}

/**
 * The metrics on the public port, for platforms that offer one port: the text that the management listener returns. Without
 * METRICS_TOKEN there is no such route. It belongs to the operator and not to the API, so the OpenAPI document does not
 * contain it.
 */
export function metricsEndpoints({
  metrics,
  metricsToken,
}: {
  metrics: Pick<Metrics, 'registry'>;
  metricsToken: Secret | null;
}): readonly Endpoint[] {
  if (!metricsToken) return [];
  const render = createExposition(metrics);
  return [
    endpoint(
      'GET /metrics',
      {
        summary: 'Metrics of this process (OpenMetrics)',
        access: 'open',
        audience: 'monitoring',
        fixedToken: { secret: metricsToken, refusals },
        answers: { 200: { description: 'All metrics', type: metrics.registry.contentType } },
      },
      async () => ({ raw: { type: metrics.registry.contentType, body: await render() } }),
    ),
  ];
}
