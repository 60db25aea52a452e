import type { Metrics } from '../../app/observe/metrics.ts';

/** The value of each series of a scrape, by its name with labels. Exemplars are left out. */
export async function series(metrics: Metrics): Promise<Map<string, number>> {
  const text = await metrics.registry.metrics();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [sample = ''] = line.split(' # ');
      const space = sample.lastIndexOf(' ');
      return [sample.slice(0, space), Number(sample.slice(space + 1))] as const;
    }),
  );
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** All metrics as they are declared, whether or not they have series yet. */
export function families(metrics: Metrics): Family[] {
  // reason: the types of prom-client hide what its metrics know of themselves.
  const declared = metrics.registry.getMetricsAsArray() as unknown as (Omit<Family, 'labels'> & {
    labelNames: string[];
  })[];
  return declared.map(({ name, type, labelNames, help }) => ({ name, type, labels: labelNames, help }));
}
