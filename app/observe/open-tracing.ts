import type { TracingOptions } from './otlp.ts';
import { noTracing } from './tracing.ts';

/** Starts tracing if an endpoint is configured. OpenTelemetry is loaded only then. */
export async function openTracing({
  endpoint,
  ...options
}: Omit<TracingOptions, 'endpoint'> & { endpoint?: string | undefined }) {
  if (endpoint === undefined) return noTracing;
  const { startTracing } = await import('./otlp.ts');
  return startTracing({ endpoint, ...options });
}
