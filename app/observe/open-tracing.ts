import { noTracing, type Tracing } from './tracing.ts';

/** Starts tracing if an endpoint is configured. OpenTelemetry is loaded only then. */
export async function openTracing(options: {
  endpoint: string | undefined;
  version: string;
}): Promise<Tracing> {
  const { endpoint, version } = options;
  if (endpoint === undefined) return noTracing;
  const { startTracing } = await import('./otlp.ts');
  return startTracing({ endpoint, version });
}
