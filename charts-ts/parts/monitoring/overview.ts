import type { Values } from '../../values/schema.ts';
import { badRatio, objectives } from './objectives.ts';
import { type DashboardDefinition, type Panel, quantile, rate, type Section } from './panel.ts';
import { ownSeries } from './rule.ts';

const requests = 'http_request_duration_seconds';

function promises(own: string): Section {
  const panels = objectives.flatMap((objective): Panel[] => {
    const name = objective.alertPrefix.replace('Auth', '');
    const bad = objective.ratio(own, '30d');
    return [
      {
        title: `${name}, 30 days`,
        description: `Share of requests that were good; ${(1 - objective.budget) * 100} % are promised.`,
        unit: 'percentunit',
        stat: true,
        queries: [{ expr: `1 - (${bad})`, legend: 'good' }],
      },
      {
        title: `${name} budget left`,
        description:
          'Share of the bad requests of 30 days that may still happen. Below 0 the promise is broken.',
        unit: 'percentunit',
        stat: true,
        queries: [{ expr: `1 - (${bad}) / ${objective.budget}`, legend: 'left' }],
      },
    ];
  });
  const burn: Panel = {
    title: 'Burn rate, 1 hour',
    description: '1 uses a budget up in exactly 30 days; 14.4 pages.',
    unit: 'short',
    queries: objectives.map((objective) => ({
      expr: `${badRatio(objective, '1h')} / ${objective.budget}`,
      legend: objective.alertPrefix.replace('Auth', '').toLowerCase(),
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
        logs: 'filter event = "request" | stats count(*) / 60 as requests by bin(1m), route',
      },
      {
        title: 'Requests by status',
        description: 'Requests a second. 499: the client went away first.',
        unit: 'reqps',
        queries: [{ expr: `sum by (status) (${rate(`${requests}_count{${own}}`)})`, legend: '{{status}}' }],
        logs: 'filter event = "request" | stats count(*) / 60 as requests by bin(1m), status',
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
        logs: 'filter event = "request" and status >= 500 | stats count(*) as errors by bin(1m), route, status, code',
      },
    ],
  };
}

function latency(own: string): Section {
  return {
    title: 'Latency and saturation',
    panels: [
      {
        title: 'Latency of authentication',
        description: 'Login, register, refresh, verify, logout. 95 % should take less than 250 ms.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((q) => ({
          expr: quantile(q, requests, `${own},route=~"/api/v1/auth/.*"`),
          legend: `p${q * 100}`,
        })),
        logs:
          'filter event = "request" and route like "/api/v1/auth/" | ' +
          'stats pct(durationMs, 50) as p50, pct(durationMs, 95) as p95, pct(durationMs, 99) as p99 by bin(1m)',
      },
      {
        title: 'Latency by route, p95',
        description: 'Which route is slow.',
        unit: 's',
        queries: [{ expr: quantile(0.95, requests, own, ['route']), legend: '{{route}}' }],
        logs: 'filter event = "request" | stats pct(durationMs, 95) as p95 by bin(1m), route',
      },
      {
        title: 'Requests in flight',
        description: 'Not answered yet, by pod. Grows when something below is slow.',
        unit: 'none',
        queries: [{ expr: `sum by (pod) (http_requests_in_flight{${own}})`, legend: '{{pod}}' }],
      },
      {
        title: 'CPU',
        description: 'Cores used, by pod. At the limit hashes queue first.',
        unit: 'short',
        queries: [{ expr: `sum by (pod) (${rate(`process_cpu_seconds_total{${own}}`)})`, legend: '{{pod}}' }],
      },
      {
        title: 'Wait for a password hash',
        description:
          'Seconds until a slot is free: the first thing to saturate, and what the autoscaler may follow.',
        unit: 's',
        queries: [0.5, 0.95].map((q) => ({
          expr: quantile(q, 'auth_hash_wait_seconds', own),
          legend: `p${q * 100}`,
        })),
      },
      {
        title: 'Event-loop lag, p99',
        description: 'Seconds by pod. Above 0.1 every request of that pod is slow.',
        unit: 's',
        queries: [{ expr: `max by (pod) (nodejs_eventloop_lag_p99_seconds{${own}})`, legend: '{{pod}}' }],
      },
    ],
  };
}

/** Is the promise kept, and what will break it next? */
export function overview(values: Values): DashboardDefinition {
  const own = ownSeries(values);
  return { title: 'Auth service: overview', sections: [promises(own), traffic(own), latency(own)] };
}
