import type { Secret } from '../../config/config.ts';
import { exposition } from '../../http/management/exposition.ts';
import { type Endpoint, endpoint } from '../../http/route/endpoint.ts';
import type { Metrics } from '../../observe/metrics.ts';

/** A scraper asks once in some seconds. */
const refusals = { name: 'metrics_token', points: 30, window: 60_000 } as const;

/** Scrapes at the same time share one rendering. */
function createRendering({ registry }: Pick<Metrics, 'registry'>): () => Promise<string> {
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
  const render = createRendering(metrics);
  return [
    endpoint(
      'GET /metrics',
      {
        summary: 'Metrics of this process',
        access: 'open',
        audience: 'monitoring',
        fixedToken: { secret: metricsToken, refusals },
        answers: {
          200: { description: 'All metrics in the format that Accept prefers', type: 'text/plain' },
        },
      },
      async ({ header }) => {
        const fields = { accept: header('Accept'), acceptEncoding: header('Accept-Encoding') };
        const { body, headers, type } = exposition(await render(), fields);
        return { raw: { type, body }, headers };
      },
    ),
  ];
}
