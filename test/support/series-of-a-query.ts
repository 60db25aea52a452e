/** A series that a PromQL query reads. */
export interface QueriedSeries {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

const keywords = new Set(['and', 'or', 'unless', 'offset', 'bool', 'inf', 'nan', 'start', 'end']);

const matcher = /(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g;

/** Labels in `by (…)`, `on (…)` and their relatives. */
const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;

/**
 * The series that a query reads, and the labels by which it groups. It reads what runbooks contain: promtool decides
 * whether the query is correct.
 */
export function seriesOf(query: string): { series: QueriedSeries[]; groupedBy: string[] } {
  const groupedBy = [...query.matchAll(grouping)].flatMap(([, list = '']) =>
    list.split(',').flatMap((label) => label.trim() || []),
  );
  const rest = query.replaceAll(grouping, ' ').replaceAll(/\[[^\]]*\]/g, ' ');
  const series: QueriedSeries[] = [];
  for (const [, name = '', braces = '', parenthesis] of rest.matchAll(
    /(?<![\w"])([a-zA-Z_:][\w:]*)\s*(?:(\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\})|(\())?/g,
  )) {
    const isSeries = parenthesis === undefined && !keywords.has(name.toLowerCase());
    if (!isSeries) continue;
    const matchers = [...braces.matchAll(matcher)].map(([, label = '', operator = '', value = '']) => ({
      label,
      operator,
      value,
    }));
    series.push({ name, matchers });
  }
  return { series, groupedBy };
}
