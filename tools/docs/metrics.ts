import { readFileSync } from 'node:fs';
import { createMetrics } from '../../app/observe/metrics.ts';
import { fillParts } from './generated-parts.ts';

interface MetricDeclaration {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
  readonly help: string;
}

/** prom-client registers these by itself; their names and help texts are its own. */
const isRuntimeMetric = ({ name }: MetricDeclaration): boolean => /^(nodejs|process)_/.test(name);

const inCode = (text: string): string => `\`${text}\``;

function table(metrics: readonly MetricDeclaration[]): string {
  const sorted = metrics.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const rows = sorted.map(({ name, type, labelNames, help }) => {
    const sentence = help.endsWith('.') ? help : `${help}.`;
    return `| ${inCode(name)} | ${type} | ${labelNames.map(inCode).join(', ') || '–'} | ${sentence} |`;
  });
  return ['| metric | type | labels | description |', '|---|---|---|---|', ...rows].join('\n');
}

function reference(): string {
  // reason: the types of prom-client do not show the declaration of a metric.
  const metrics = createMetrics('any').registry.getMetricsAsArray() as unknown as MetricDeclaration[];
  const ofService = metrics.filter((metric) => !isRuntimeMetric(metric));
  const ofRuntime = metrics.filter(isRuntimeMetric);
  return `### Service\n\n${table(ofService)}\n\n### Node.js runtime\n\n${table(ofRuntime)}`;
}

const page = new URL('../../docs/metrics.md', import.meta.url);

/** docs/metrics.md: the prose is written by hand, the tables between the two comments are generated. */
export const metricsPage = (): string => fillParts(readFileSync(page, 'utf8'), { '': reference });
