import { readFileSync } from 'node:fs';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { eventSpecs } from '../../tools/docs/log-schema.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { knownSeries } from './known-series.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Roles of Postgres, claims and fields that have the form of the name of a metric. */
const noMetrics = new Set(['auth_service', 'auth_owner', 'auth_time', 'auth_type']);
const eventNames = new Set(eventSpecs.map(([name]) => name));

/** The series that the rules record, on a cluster with everything that is optional. */
export const recordedSeries = (): string[] =>
  ruleGroups(valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups')).flatMap(({ rules }) =>
    rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])),
  );

/** A name in a document, whose parts in angle brackets stand for any text. */
const patternOf = (name: string): RegExp =>
  new RegExp(`^${name.replaceAll(/<[a-z]+>/g, '.+').replaceAll('*', '.*')}$`);

/** The alternatives of a schema, with every reference followed. */
function alternatives(root: Schema, schema: Schema): Schema[] {
  if (typeof schema.$ref === 'string') {
    const path = schema.$ref.split('/').slice(1);
    // reason: a JSON Schema that this project generates refers to its own definitions only.
    const target = path.reduce((node, key) => node[key] as Schema, root);
    return alternatives(root, target);
  }
  const nested = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list as Schema[]) ?? []);
  return [schema, ...nested.flatMap((each) => alternatives(root, each))];
}

/** Whether the schema of the values has the path, such as `monitoring.rules.runbooks`. */
export function createValueLookup(file = 'charts-ts/values.schema.json') {
  const root: Schema = JSON.parse(readFileSync(file, 'utf8'));
  const below = (nodes: readonly Schema[], key: string): Schema[] =>
    nodes.flatMap(({ additionalProperties, items, properties }) => {
      const found = /^\d+$/.test(key)
        ? items
        : ((properties as Schema | undefined)?.[key] ?? additionalProperties);
      return found && typeof found === 'object' ? alternatives(root, found as Schema) : [];
    });
  const top = alternatives(root, root);
  return {
    isTopLevel: (key: string): boolean => below(top, key).length > 0,
    has: (path: string): boolean =>
      path
        .replaceAll(/\[(\d*)\]/g, '.0')
        .split('.')
        .reduce(below, top).length > 0,
  };
}

const filePath = /\.(?:ts|js|md|yaml|yml|json|sh|aws|io)$/;

/** What names in inline code mean, and which of them do not exist. */
export async function createNameCheck() {
  const series = await knownSeries();
  const recorded = recordedSeries();
  const values = createValueLookup();

  function faultOf(span: string): string | null {
    const [, metric] = /^((?:auth|http|nodejs|process)_[a-z0-9_]+)(?:\{.*\})?$/.exec(span) ?? [];
    if (metric && !noMetrics.has(metric) && !eventNames.has(metric) && !isSeries(metric))
      return `${span}: there is no such metric`;
    if (/^auth:(?!signed-state)\S+:\S+$/.test(span) && !recorded.some((name) => patternOf(span).test(name)))
      return `${span}: no rule records this series`;
    const [, path = ''] = /^(?:--set )?([a-z]\w*(?:(?:\.\w+)|(?:\[\d*\]))+)(?:=.*)?$/.exec(span) ?? [];
    const [first = ''] = path.split(/[.[]/);
    const isValue = path !== '' && !filePath.test(path) && values.isTopLevel(first);
    return isValue && !values.has(path) ? `${span}: there is no such value` : null;
  }

  const isSeries = (name: string): boolean =>
    ['', '_bucket', '_count', '_sum'].some((suffix) => series.has(name + suffix));

  return (file: string, text: string): string[] => {
    const spans = text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g);
    return [...spans].flatMap(([, span = '']) => {
      const fault = faultOf(span);
      return fault ? [`${file}: ${fault}`] : [];
    });
  };
}
