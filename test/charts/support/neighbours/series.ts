import { resolved } from '../grafana.ts';
import type { Loose } from '../synthesized.ts';
import { selectsSeries } from './label-selectors.ts';
import { type Neighbour, titleOf } from './neighbour.ts';

/** The PromQL of rules, and of dashboards before a viewer chooses another installation, in an object. */
export function expressionsOf({ data = {}, kind, spec }: Loose): string[] {
  const groups: Loose[] = kind === 'PrometheusRule' ? spec.groups : [];
  const dashboards = Object.entries(data).filter(([file]) => file.endsWith('.json'));
  return [
    ...groups.flatMap(({ rules }) => rules.map(({ expr }: Loose) => expr)),
    ...dashboards.flatMap(([, text]) => {
      const dashboard = JSON.parse(String(text));
      return dashboard.panels.flatMap(({ targets = [] }: Loose) =>
        targets.map(({ expr }: Loose) => resolved(expr, dashboard)),
      );
    }),
  ];
}

/** The labels that tell whose series it is. */
function labelsOf(metric: string, { name, namespace }: Neighbour): Record<string, string> {
  if (metric.startsWith('kube_deployment_')) return { namespace, deployment: name };
  if (metric.startsWith('kube_horizontalpodautoscaler_'))
    return { namespace, horizontalpodautoscaler: `${name}-hpa` };
  const pod = `${name}-7d9f8b6c5-x2x4z`;
  if (metric.startsWith('kube_job_')) return { namespace, job_name: `${name}-migrate-0123456789` };
  if (metric.startsWith('kube_pod_init_')) return { namespace, container: 'migrate', pod };
  if (/^(kube_pod|container)_/.test(metric)) return { namespace, container: 'auth-service', pod };
  return { namespace, job: name };
}

const metric = /\b((?:auth|container|http|kube|nodejs|process|up)[\w:]*)\b(?:\{([^}]*)\})?/g;

/**
 * The search for series under unexpected labels reads those of others on purpose, without those that another installation
 * expects. test/charts/support/situations/scrapes.ts has its tests.
 */
const isSearch = (expression: string): boolean =>
  /auth_build_info\{[^}]+} unless on \([^)]+\) auth:installation:info/.test(expression);

/** What is wrong with the selectors of an expression: a line for each metric. */
export function foreignSeries(expression: string, own: Neighbour, all: readonly Neighbour[]): string[] {
  if (isSearch(expression)) return [];
  // Texts may contain names of metrics.
  const found = [...expression.matchAll(metric)].filter(
    ([, name = '']) => name === 'up' || /[_:]/.test(name),
  );
  return found.flatMap(([, name = '', matchers = '']) => {
    const readers = all.filter((other) => selectsSeries(matchers, labelsOf(name, other)));
    return [
      ...(readers.includes(own) ? [] : [`${name}{${matchers}} reads nothing of its own`]),
      ...readers
        .filter((other) => other !== own)
        .map((other) => `${name}{${matchers}} reads series of ${titleOf(other)}`),
    ];
  });
}
