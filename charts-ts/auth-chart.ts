import { type App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Cloud } from './clouds/cloud.ts';
import { createCloud } from './clouds/create-cloud.ts';
import { BackupCronJobs } from './kubernetes/backup/backup-cron-jobs.ts';
import { ConfigMaps } from './kubernetes/config-maps.ts';
import { Deployment } from './kubernetes/deployment.ts';
import { ExternalSecrets } from './kubernetes/external-secrets.ts';
import { ExtraObjects } from './kubernetes/extra-objects.ts';
import { HorizontalPodAutoscaler } from './kubernetes/horizontal-pod-autoscaler.ts';
import { MigrationJob } from './kubernetes/migration.ts';
import { Namespace } from './kubernetes/namespace.ts';
import { NetworkPolicies } from './kubernetes/network-policies.ts';
import { PodDisruptionBudget } from './kubernetes/pod-disruption-budget.ts';
import { PriorityClass } from './kubernetes/priority-class.ts';
import { PurgeCronJob } from './kubernetes/purge-cron-job.ts';
import { Service } from './kubernetes/service.ts';
import { ServiceAccount } from './kubernetes/service-account.ts';
import { DashboardConfigMaps } from './monitoring/dashboard-config-maps.ts';
import { PrometheusRule } from './monitoring/prometheus-rule.ts';
import { ServiceMonitor } from './monitoring/service-monitor.ts';
import type { Values } from './values/schema.ts';

type ObjectGroup = new (scope: Construct, id: string, values: Values, cloud: Cloud) => Construct;

/** The file of `extraObjects`. */
export const extraObjectsFile = '14-extra-objects';

class IngressOrGateway extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    if (values.ingress.kind === 'gateway') cloud.addGateway(this);
    else cloud.addIngress(this);
  }
}

/**
 * All objects of the service on one cloud. Each group of objects becomes one file, whose name is the id of the group.
 * `kubectl apply -f DIR` applies the files in the order of their numbers. The Ingress comes before the pods, because the
 * load balancer controller adds its readiness gate only to pods that are created after the Ingress.
 */
export class AuthChart extends Chart {
  constructor(app: App, id: string, values: Values) {
    // A hashed name would change, and so replace the object in the cluster, whenever a construct moves.
    super(app, id, { disableResourceNameHashes: true });
    const cloud = createCloud(values);
    const {
      autoscaling,
      backup,
      ingress,
      migrations,
      monitoring,
      namespace,
      networkPolicy,
      purge,
      scheduling,
    } = values;
    const groups: [file: string, isEnabled: boolean, ObjectGroup][] = [
      ['00-namespace', namespace.create, Namespace],
      ['01-priority-class', scheduling.priorityClass.create, PriorityClass],
      ['10-service-account', true, ServiceAccount],
      ['11-network-policies', networkPolicy.enabled, NetworkPolicies],
      ['12-configuration', true, ConfigMaps],
      ['13-external-secrets', values.secrets.source === 'external', ExternalSecrets],
      [extraObjectsFile, values.extraObjects.length > 0, ExtraObjects],
      ['20-service', true, Service],
      ['21-entry', ingress.kind !== 'none', IngressOrGateway],
      ['30-migration', migrations.mode === 'job', MigrationJob],
      ['31-deployment', true, Deployment],
      ['32-autoscaling', autoscaling.enabled, HorizontalPodAutoscaler],
      ['33-disruption-budget', true, PodDisruptionBudget],
      ['40-purge', purge.enabled, PurgeCronJob],
      ['41-backup', backup.enabled, BackupCronJobs],
      ['50-service-monitor', monitoring.serviceMonitor.enabled, ServiceMonitor],
      ['51-rules', monitoring.rules.enabled, PrometheusRule],
      ['52-dashboards', monitoring.dashboards.enabled, DashboardConfigMaps],
    ];
    for (const [file, isEnabled, Group] of groups) if (isEnabled) new Group(this, file, values, cloud);
  }
}
