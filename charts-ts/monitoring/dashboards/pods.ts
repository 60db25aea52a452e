import type { Values } from '../../values/schema.ts';
import { type Panel, panel, type Query } from './panel.ts';
import { badBelow, badFrom } from './thresholds.ts';
import { selectedContainers, selectedInstallation, selectedNamespace } from './variables.ts';

function podsUp(selector: string): Panel {
  // 0 is true if nothing is known of any pod.
  const up = { legend: 'up', expr: `sum(up{${selector}}) or vector(0)` };
  return panel('Pods up', 'none', [up], {
    description:
      'Pods that Prometheus can scrape. 0 may also mean that the chosen namespace and job have no series.',
    thresholds: badBelow({ red: 1 }),
    alerts: ['AuthServiceDown', 'AuthServiceTargetDown', 'AuthScrapeLabelsUnexpected'],
    isStat: true,
  });
}

function versions(selector: string): Panel {
  const running = { legend: '{{version}}', expr: `count by (version) (auth_build_info{${selector}})` };
  return panel('Running versions', 'none', [running], {
    description: 'Pods by version. Two versions for a long time mean that a rollout is stuck.',
    thresholds: null,
    alerts: ['AuthRolloutStuck'],
    isStat: true,
    noValue: 'No pod',
  });
}

/** From kube-state-metrics. */
function replicas(namespace: string): Panel {
  const ofDeployment = (legend: string, metric: string): Query => ({
    legend,
    expr: `max(kube_deployment_${metric}{${namespace},deployment="$deployment"})`,
  });
  const maximum = `kube_horizontalpodautoscaler_spec_max_replicas{${namespace},horizontalpodautoscaler="$deployment-hpa"}`;
  const queries = [
    ofDeployment('desired', 'spec_replicas'),
    ofDeployment('ready', 'status_replicas_available'),
    ofDeployment('of the newest version', 'status_replicas_updated'),
    { legend: 'maximum of the autoscaler', expr: `max(${maximum})` },
  ];
  return panel('Replicas', 'none', queries, {
    description:
      'Pods of the Deployment. Fewer ready than desired pods for a long time mean that pods do not start. Fewer pods of the ' +
      'newest version than desired ones mean that a rollout is stuck.',
    thresholds: badBelow({ red: 1 }),
    alerts: ['AuthNoPodReady', 'AuthRolloutStuck', 'AuthAutoscalerAtMaximum'],
    requiresKubernetes: true,
  });
}

/** From kube-state-metrics, in both modes of the migrations. */
function failedMigrations(values: Values): Panel {
  const restarts = `kube_pod_init_container_status_restarts_total{${selectedContainers(values, 'migrate')}}`;
  const failed = `kube_job_failed{${selectedNamespace(values)},job_name=~"$deployment-migrate-[0-9a-f]+",condition="true"}`;
  const queries = [
    { legend: '{{pod}}', expr: `max by (pod) (increase(${restarts}[30m]))` },
    { legend: '{{job_name}}', expr: `max by (job_name) (${failed})` },
  ];
  return panel('Failed migrations', 'none', queries, {
    description:
      'Failures of the init container that migrates the database in the last 30 minutes, or 1 for a Job that has failed. One ' +
      'failure may have waited for a lock. New pods do not start until the migrations succeed.',
    thresholds: badFrom({ orange: 1 }),
    alerts: ['AuthMigrationFailed'],
    noValue: 'No migration',
    requiresKubernetes: true,
  });
}

/** Which pods run, and whether new ones start. */
export function pods(values: Values): Panel[] {
  const installation = selectedInstallation(values);
  const namespace = selectedNamespace(values);
  return [podsUp(installation), versions(installation), replicas(namespace), failedMigrations(values)];
}
