import type { Values } from '../values/schema.ts';
import { awaited, awaitedRoutes, badRatio, badShare, objectives } from './objectives.ts';
import { type DashboardDefinition, type Panel, quantile, rate, type Section } from './panel.ts';
import { ownNamespace, ownSeries } from './rule.ts';
import { saturation } from './saturation.ts';

const requests = 'http_request_duration_seconds';

/** Prometheus forgets earlier than its dashboards suggest. */
const retained = 'Of 30 days, or of what Prometheus keeps if that is less (15 days unless told otherwise).';

function promises(values: Values): Section {
  const own = ownSeries(values);
  const panels = objectives.flatMap((objective): Panel[] => {
    const name = objective.alertPrefix.replace('Auth', '');
    const bad = badShare(objective, own, '30d');
    return [
      {
        title: `${name}, 30 days`,
        description: `Share of requests that were good; ${(1 - objective.budget) * 100} % are promised. ${retained}`,
        unit: 'percentunit',
        stat: true,
        queries: [{ expr: `1 - (${bad})`, legend: objective.legend || 'good' }],
      },
      {
        title: `${name} budget left`,
        description: `Share of the bad requests that may still happen. Below 0 the promise is broken. ${retained}`,
        unit: 'percentunit',
        stat: true,
        queries: [{ expr: `1 - (${bad}) / ${objective.budget}`, legend: objective.legend || 'left' }],
      },
    ];
  });
  const burn: Panel = {
    title: 'Burn rate, 1 hour',
    description: '1 uses a budget up in exactly 30 days; 14.4 pages.',
    unit: 'short',
    queries: objectives.map((objective) => ({
      expr: `${badRatio(objective, '1h')}{${ownNamespace(values)}} / ${objective.budget}`,
      legend: `${objective.alertPrefix.replace('Auth', '').toLowerCase()} ${objective.legend}`.trim(),
    })),
  };
  const pods: Panel = {
    title: 'Pods',
    description: 'Pods that answer their scrape.',
    unit: 'none',
    stat: true,
    queries: [{ expr: `sum(up{${own}})`, legend: 'up' }],
  };
  const versions: Panel = {
    title: 'Versions',
    description: 'Pods by what they run; two versions for long mean a stuck rollout.',
    unit: 'none',
    stat: true,
    queries: [{ expr: `count by (version) (auth_build_info{${own}})`, legend: '{{version}}' }],
  };
  return { title: 'Promises', panels: [...panels, pods, versions, burn] };
}

function traffic(own: string): Section {
  return {
    title: 'Traffic and errors',
    panels: [
      {
        title: 'Requests by route',
        description: 'Requests a second, all statuses.',
        unit: 'reqps',
        queries: [{ expr: `sum by (route) (${rate(`${requests}_count{${own}}`)})`, legend: '{{route}}' }],
        logs: {
          query: 'filter event = "request" | stats count(*) / 60 as requests by bin(1m), route',
          unit: 'a second',
        },
      },
      {
        title: 'Requests by status',
        description: 'Requests a second. 499: the client went away first.',
        unit: 'reqps',
        queries: [{ expr: `sum by (status) (${rate(`${requests}_count{${own}}`)})`, legend: '{{status}}' }],
        logs: {
          query: 'filter event = "request" | stats count(*) / 60 as requests by bin(1m), status',
          unit: 'a second',
        },
      },
      {
        title: 'Server errors by route',
        description: '5xx a second. 500 is a fault of ours; 503 a dependency, a full hash queue or a drain.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (route, status) (${rate(`${requests}_count{${own},status=~"5.."}`)})`,
            legend: '{{status}} {{route}}',
          },
        ],
        logs: {
          query:
            'filter event = "request" and status >= 500 | stats count(*) as errors by bin(1m), route, status, code',
          unit: 'a minute',
        },
      },
      {
        title: 'Requests gone wrong, by class',
        description: 'Share of each class that failed (error), or that its client gave up first (aborted).',
        unit: 'percentunit',
        queries: ['error', 'aborted'].map((result) => ({
          expr:
            `sum by (class) (${rate(`http_requests_total{${own},result="${result}"}`)})` +
            ` / sum by (class) (${rate(`http_requests_total{${own}}`)})`,
          legend: `{{class}} ${result}`,
        })),
      },
    ],
  };
}

function latency(own: string): Section {
  return {
    title: 'Latency',
    panels: [
      {
        title: 'Latency of authentication',
        description:
          'Login, register, refresh, password reset; 429 and 5xx left out. 95 % should take less than 250 ms.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((q) => ({
          expr: quantile(q, requests, `${own},${awaited}`),
          legend: `p${q * 100}`,
        })),
        logs: {
          query:
            `filter event = "request" and route like /^${awaitedRoutes.replaceAll('/', '\\/')}$/` +
            ' and status != 429 and status < 500 | ' +
            'stats pct(durationMs, 50) as p50, pct(durationMs, 95) as p95, pct(durationMs, 99) as p99 by bin(1m)',
          unit: 'ms',
        },
      },
      {
        title: 'Latency by route, p95',
        description: 'Which route is slow.',
        unit: 's',
        queries: [{ expr: quantile(0.95, requests, own, ['route']), legend: '{{route}}' }],
        logs: {
          query: 'filter event = "request" | stats pct(durationMs, 95) as p95 by bin(1m), route',
          unit: 'ms',
        },
      },
    ],
  };
}

/** Is the promise kept, and what will break it next? */
export function overview(values: Values): DashboardDefinition {
  const own = ownSeries(values);
  return {
    title: 'Auth service: overview',
    sections: [promises(values), traffic(own), latency(own), saturation(values)],
  };
}
