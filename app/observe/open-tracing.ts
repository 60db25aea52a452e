import { noTracing, type Tracing } from './tracing.ts';

/** Tracing as configured. What it needs is loaded only when it is on. */
export async function openTracing(options: {
  endpoint: string | undefined;
  version: string;
}): Promise<Tracing> {
  const { endpoint, version } = options;
  if (endpoint === undefined) return noTracing;
  const { startTracing } = await import('./otlp.ts');
  return startTracing({ endpoint, version });
}
