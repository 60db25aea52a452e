import { type App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Cloud } from './clouds/cloud.ts';
import { createCloud } from './clouds/create-cloud.ts';
import { Autoscaling } from './kubernetes/autoscaling.ts';
import { Configuration } from './kubernetes/configuration.ts';
import { ApiDeployment } from './kubernetes/deployment.ts';
import { DisruptionBudget } from './kubernetes/disruption.ts';
import { ServiceIdentity, ServiceNamespace, ServicePriority } from './kubernetes/foundation.ts';
import { MigrationJob } from './kubernetes/migration.ts';
import { NetworkPolicies } from './kubernetes/network.ts';
import { PurgeJob } from './kubernetes/purge-job.ts';
import { ExternalSecrets } from './kubernetes/secrets.ts';
import { ApiService } from './kubernetes/service.ts';
import { Dashboards } from './monitoring/dashboard-config-maps.ts';
import { AlertRules } from './monitoring/prometheus-rule.ts';
import { ApiMonitor } from './monitoring/service-monitor.ts';
import type { Values } from './values/schema.ts';

type Part = new (scope: Construct, id: string, values: Values, cloud: Cloud) => Construct;

class Entry extends Construct {
  constructor(scope: Construct, id: string, _values: Values, cloud: Cloud) {
    super(scope, id);
    cloud.addEntry(this);
  }
}

/**
 * The service on one cloud. Each part's id is its file name, and the numbers are the order in which
 * `kubectl apply -f DIR` sends them: entry before pods, since readiness gates are only given to new pods.
 */
export class AuthChart extends Chart {
  constructor(app: App, id: string, values: Values) {
    // Names are the guide's and last for ever; hashed ones would replace objects whenever a part is moved.
    super(app, id, { disableResourceNameHashes: true });
    const cloud = createCloud(values);
    const { autoscaling, ingress, migrations, monitoring, namespace, networkPolicy, purge, scheduling } =
      values;
    const parts: [id: string, wanted: boolean, Part][] = [
      ['00-namespace', namespace.create, ServiceNamespace],
      ['01-priority-class', scheduling.priorityClass.create, ServicePriority],
      ['10-service-account', true, ServiceIdentity],
      ['11-network-policies', networkPolicy.enabled, NetworkPolicies],
      ['12-configuration', true, Configuration],
      ['13-external-secrets', values.secrets.source === 'external', ExternalSecrets],
      ['20-service', true, ApiService],
      ['21-entry', ingress.kind !== 'none', Entry],
      ['30-migration', migrations.mode === 'job', MigrationJob],
      ['31-deployment', true, ApiDeployment],
      ['32-autoscaling', autoscaling.enabled, Autoscaling],
      ['33-disruption-budget', true, DisruptionBudget],
      ['40-purge', purge.enabled, PurgeJob],
      ['50-service-monitor', monitoring.serviceMonitor.enabled, ApiMonitor],
      ['51-rules', monitoring.rules.enabled, AlertRules],
      ['52-dashboards', monitoring.dashboards.enabled, Dashboards],
    ];
    for (const [part, wanted, Constructor] of parts) if (wanted) new Constructor(this, part, values, cloud);
  }
}
