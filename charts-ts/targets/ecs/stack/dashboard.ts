import { Dashboard, GraphWidget, type IMetric, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ecsNames } from '../ecs-names.ts';
import type { Metrics } from './metrics.ts';

type Panel = readonly [title: string, metrics: readonly IMetric[]];

function rowsOf(m: Metrics): readonly (readonly Panel[])[] {
  return [
    [
      ['Requests (per minute)', [m.requests]],
      ['5xx responses (per minute)', [m.targetErrors, m.balancerErrors]],
      ['Response time, p99 (seconds)', [m.latency]],
    ],
    [
      ['Healthy and unhealthy tasks', [m.healthyHosts, m.unhealthyHosts]],
      ['CPU and memory of the tasks (%)', [m.taskCpu, m.taskMemory]],
      ['CPU of Postgres (%)', [m.databaseCpu]],
    ],
    [
      ['Connections of Postgres', [m.databaseConnections]],
      ['Free storage of Postgres (bytes)', [m.databaseStorage]],
      ['Memory and CPU of Redis (%)', [m.redisMemory, m.redisCpu]],
    ],
  ];
}

/** What AWS measures. The metrics of the service itself are in docs/dashboards. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, metrics: Metrics) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: ecsNames.dashboard,
      periodOverride: PeriodOverride.AUTO,
      widgets: rowsOf(metrics).map((row) =>
        row.map(([title, left]) => new GraphWidget({ title, left: [...left], width: 8, height: 6 })),
      ),
    });
  }
}
