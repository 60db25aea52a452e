import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ecsNames } from '../ecs-names.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Service } from './service.ts';

/** What is measured of the system: by the title of its panel, with the unit. */
export type Metrics = ReturnType<typeof createMetrics>;

const minute = Duration.minutes(1);

const metric = (
  namespace: string,
  metricName: string,
  statistic: string,
  dimensionsMap: Record<string, string>,
) => new Metric({ namespace, metricName, statistic, dimensionsMap, period: minute });

function ofLoadBalancer({ balancer, targets }: LoadBalancer) {
  const LoadBalancer = balancer.loadBalancerFullName;
  const of = (name: string, statistic: string) =>
    metric('AWS/ApplicationELB', name, statistic, { LoadBalancer });
  const ofTargets = (name: string, statistic: string) =>
    metric('AWS/ApplicationELB', name, statistic, {
      LoadBalancer,
      TargetGroup: targets.targetGroupFullName,
    });
  return {
    requests: of('RequestCount', Stats.SUM),
    targetErrors: of('HTTPCode_Target_5XX_Count', Stats.SUM),
    balancerErrors: of('HTTPCode_ELB_5XX_Count', Stats.SUM),
    latency: of('TargetResponseTime', 'p99'),
    unhealthyHosts: ofTargets('UnHealthyHostCount', Stats.MAXIMUM),
    healthyHosts: ofTargets('HealthyHostCount', Stats.MINIMUM),
  };
}

function ofStores() {
  const database = { DBInstanceIdentifier: ecsNames.database };
  // ElastiCache numbers the nodes of a replication group without cluster mode.
  const redis = { CacheClusterId: `${ecsNames.redis}-001` };
  return {
    databaseStorage: metric('AWS/RDS', 'FreeStorageSpace', Stats.MINIMUM, database),
    databaseCpu: metric('AWS/RDS', 'CPUUtilization', Stats.AVERAGE, database),
    databaseConnections: metric('AWS/RDS', 'DatabaseConnections', Stats.MAXIMUM, database),
    redisMemory: metric('AWS/ElastiCache', 'DatabaseMemoryUsagePercentage', Stats.MAXIMUM, redis),
    redisCpu: metric('AWS/ElastiCache', 'EngineCPUUtilization', Stats.AVERAGE, redis),
  };
}

export function createMetrics(loadBalancer: LoadBalancer, { service }: Service) {
  return {
    ...ofLoadBalancer(loadBalancer),
    ...ofStores(),
    taskCpu: service.metricCpuUtilization({ period: minute }),
    taskMemory: service.metricMemoryUtilization({ period: minute }),
  } satisfies Record<string, IMetric>;
}
