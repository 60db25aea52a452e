import { type App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Cloud } from './clouds/cloud.ts';
import { createCloud } from './clouds/create-cloud.ts';
import { addOpenShiftRoutes } from './clouds/openshift-routes.ts';
import { Autoscaling } from './kubernetes/autoscaling.ts';
import { BackupCronJobs } from './kubernetes/backup/backup-cron-jobs.ts';
import { CiliumNetworkPolicies } from './kubernetes/cilium-network-policies.ts';
import { ConfigMaps } from './kubernetes/config-maps.ts';
import { Deployment } from './kubernetes/deployment.ts';
import { ExternalSecrets } from './kubernetes/external-secrets.ts';
import { ExtraObjects } from './kubernetes/extra-objects.ts';
import { MigrationJob } from './kubernetes/migration.ts';
import { Namespace } from './kubernetes/namespace.ts';
import { NetworkPolicies } from './kubernetes/network-policies.ts';
import { PodDisruptionBudget } from './kubernetes/pod-disruption-budget.ts';
import { PriorityClass } from './kubernetes/priority-class.ts';
import { PublicService } from './kubernetes/public-service.ts';
import { PurgeCronJob } from './kubernetes/purge-cron-job.ts';
import { Service } from './kubernetes/service.ts';
import { ServiceAccount } from './kubernetes/service-account.ts';
import { AlertmanagerConfig } from './monitoring/alertmanager-config.ts';
import { DashboardConfigMaps } from './monitoring/dashboard-config-maps.ts';
import { PodMonitor, ServiceMonitor } from './monitoring/monitors.ts';
import { PrometheusRule } from './monitoring/prometheus-rule.ts';
import type { Values } from './values/schema.ts';

type ObjectGroup = new (scope: Construct, id: string, values: Values, cloud: Cloud) => Construct;

/** The file of `extraObjects`. */
export const extraObjectsFile = '14-extra-objects';

class Entry extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { kind } = values.ingress;
    if (kind === 'gateway') cloud.addGateway(this);
    if (kind === 'ingress') cloud.addIngress(this);
    if (kind === 'route') addOpenShiftRoutes(this, values);
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
      [
        '11-network-policies-cilium',
        networkPolicy.enabled && networkPolicy.cilium.enabled,
        CiliumNetworkPolicies,
      ],
      ['12-configuration', true, ConfigMaps],
      ['13-external-secrets', values.secrets.source === 'external', ExternalSecrets],
      [extraObjectsFile, values.extraObjects.length > 0, ExtraObjects],
      ['20-service', true, Service],
      ['21-entry', ingress.kind !== 'none', Entry],
      ['22-public-service', values.service.type !== 'ClusterIP', PublicService],
      ['30-migration', migrations.mode === 'job', MigrationJob],
      ['31-deployment', true, Deployment],
      ['32-autoscaling', autoscaling.enabled, Autoscaling],
      ['33-disruption-budget', values.disruptionBudget.enabled, PodDisruptionBudget],
      ['40-purge', purge.enabled, PurgeCronJob],
      ['41-backup', backup.enabled, BackupCronJobs],
      ['50-service-monitor', monitoring.serviceMonitor.enabled, ServiceMonitor],
      ['50-pod-monitor', monitoring.podMonitor.enabled, PodMonitor],
      ['51-rules', monitoring.rules.enabled, PrometheusRule],
      ['51-alertmanager', monitoring.alertmanagerConfig.enabled, AlertmanagerConfig],
      ['52-dashboards', monitoring.dashboards.enabled, DashboardConfigMaps],
    ];
    for (const [file, isEnabled, Group] of groups) if (isEnabled) new Group(this, file, values, cloud);
  }
}
