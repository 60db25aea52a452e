import { noTracing } from './tracing.ts';

/** Starts tracing if an endpoint is configured. OpenTelemetry is loaded only then. */
export async function openTracing({ endpoint, version }: { endpoint?: string; version: string }) {
  if (endpoint === undefined) return noTracing;
  const { startTracing } = await import('./otlp.ts');
  return startTracing({ endpoint, version });
}
