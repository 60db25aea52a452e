import type { Course, Drill } from '../drill.ts';
import type { KubernetesMetrics } from '../kubernetes-metrics.ts';
import { conditionSeries, periods } from '../kubernetes-metrics.ts';

/** A drill on the metrics of the cluster. `change` makes the cause, and `restore` ends it. */
const onCluster = (
  cause: string,
  alert: string,
  change: (metrics: KubernetesMetrics) => void,
  restore: (metrics: KubernetesMetrics) => void,
): Drill => ({
  cause,
  alerts: [alert],
  async begin({ kubernetes: metrics }) {
    change(metrics);
    return () => restore(metrics);
  },
});

const available = 'kube_deployment_status_replicas_available';
const desired = 'kube_horizontalpodautoscaler_status_desired_replicas';
const restarts = 'kube_pod_container_status_restarts_total';
const initRestarts = 'kube_pod_init_container_status_restarts_total';
const initWaiting = 'kube_pod_init_container_status_waiting_reason';
const workingSet = 'container_memory_working_set_bytes';
const throttled = 'container_cpu_cfs_throttled_periods_total';

const good = conditionSeries('Progressing', 'NewReplicaSetAvailable', 'true');
const stuck = conditionSeries('Progressing', 'ProgressDeadlineExceeded', 'false');

function replaceCondition(metrics: KubernetesMetrics, old: typeof good, next: typeof good): void {
  for (const [name, , labels] of old) metrics.remove(name, labels);
  for (const [name, value, labels] of next) metrics.set(name, value, labels);
}

/** What only the exporters of a cluster know. A stand-in for kube-state-metrics and the kubelets reports it. */
export const kubernetes: Course = {
  name: 'kubernetes',
  pods: 0,
  drills: [
    onCluster(
      'no replica of the Deployment is available',
      'AuthNoPodReady',
      ({ set }) => set(available, 0),
      ({ set }) => set(available, 3),
    ),
    onCluster(
      'the kubelet restarts a container every two seconds',
      'AuthPodsRestarting',
      ({ grow }) => grow(restarts, 0.5),
      ({ grow }) => grow(restarts, 0),
    ),
    onCluster(
      'a rollout exceeds its deadline',
      'AuthRolloutStuck',
      (metrics) => {
        replaceCondition(metrics, good, stuck);
        metrics.set('kube_deployment_status_replicas_updated', 1);
        metrics.set('kube_deployment_status_replicas_unavailable', 1);
      },
      (metrics) => {
        replaceCondition(metrics, stuck, good);
        metrics.set('kube_deployment_status_replicas_updated', 3);
        metrics.set('kube_deployment_status_replicas_unavailable', 0);
      },
    ),
    onCluster(
      'the init container of the migrations fails again and again',
      'AuthMigrationFailed',
      ({ grow, set }) => {
        set(initWaiting, 1, { reason: 'CrashLoopBackOff' });
        grow(initRestarts, 0.5);
      },
      ({ grow, remove }) => {
        remove(initWaiting, { reason: 'CrashLoopBackOff' });
        grow(initRestarts, 0);
      },
    ),
  ],
};

/** The same for alerts that wait long. */
export const resources: Course = {
  name: 'resources',
  pods: 0,
  drills: [
    onCluster(
      'the autoscaler requests its maximum',
      'AuthAutoscalerAtMaximum',
      ({ set }) => set(desired, 20),
      ({ set }) => set(desired, 3),
    ),
    onCluster(
      'the working set of a container is 500 of 512 MiB',
      'AuthMemoryNearLimit',
      ({ set }) => set(workingSet, 500 * 2 ** 20),
      ({ set }) => set(workingSet, 150 * 2 ** 20),
    ),
    onCluster(
      'a container is throttled in six of ten periods',
      'AuthCpuThrottled',
      ({ grow }) => grow(throttled, 0.6 * periods),
      ({ grow }) => grow(throttled, 0),
    ),
  ],
};

/** The same cluster where the migrations run in a Job of their own. */
export const migrationJob: Course = {
  name: 'migration-job',
  pods: 0,
  sets: ['migrations.mode=job'],
  drills: [
    onCluster(
      'the Job of the migrations fails',
      'AuthMigrationFailed',
      ({ set }) => {
        set('kube_job_status_failed', 1, { reason: 'BackoffLimitExceeded' });
        set('kube_job_failed', 1, { condition: 'true' });
      },
      ({ remove }) => {
        remove('kube_job_status_failed', { reason: 'BackoffLimitExceeded' });
        remove('kube_job_failed', { condition: 'true' });
      },
    ),
  ],
};
