import type { Loose } from './synthesized.ts';

/** The syntax of a variable in Grafana: `$name`. The charts write no other. */
const variable = /\$(\w+)/g;

/** The names of the variables in a text, without those that Grafana itself defines. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(variable)].flatMap(([, name = '']) => (name.startsWith('__') ? [] : [name]));

/** The value that a variable has when a dashboard is opened for the first time. */
function initialValue({ allValue, current }: Loose): string | undefined {
  const [value] = [current?.value].flat();
  return value === '$__all' ? allValue : value;
}

/**
 * A text of a dashboard as Grafana sends it.
 * @param chosen values that a viewer has chosen, by the names of variables
 */
export function resolved(
  text: string,
  { templating }: Loose,
  chosen: Readonly<Record<string, string>> = {},
): string {
  const initial = templating.list.map((one: Loose) => [one.name, initialValue(one)]);
  const values: Record<string, string | undefined> = { ...Object.fromEntries(initial), ...chosen };
  return text.replace(variable, (whole, name: string) => values[name] ?? whole);
}

/** All panels of a dashboard but the titles of rows. */
export const panelsOf = ({ panels }: Loose): Loose[] => panels.filter(({ type }: Loose) => type !== 'row');

const keywords = new Set([
  ...['and', 'or', 'unless', 'on', 'by', 'offset', 'bool', 'group_left', 'ignoring', 'without'],
  ...['sum', 'max', 'min', 'count', 'inf', 'nan'],
]);

/** The names of the series in an expression of PromQL. */
export function seriesIn(expr: string): string[] {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|on|ignoring|without|group_left)\s*\([^)]*\)/g, '');
  const names = [...bare.matchAll(/(?<![\w.:$])[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()/g)].map(([name]) => name);
  return names.filter((name) => !keywords.has(name));
}
