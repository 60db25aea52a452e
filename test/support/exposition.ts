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
