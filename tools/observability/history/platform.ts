import { type Labels, type SampleWriter, seriesName } from '../samples.ts';
import type { SimulatedPod } from './pod.ts';
import { attack, isDuring, podLives, requestRate, simulationStart } from './story.ts';

/** What Node.js and the kernel report of a pod: the metrics of the real process would be those of this program. */
export function processSamples(
  pod: SimulatedPod,
  time: number,
): readonly (readonly [string, Labels, number])[] {
  const age = time - pod.life.from;
  const shift = [...pod.life.name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const load = requestRate(time) / 40 + (isDuring(attack, time) ? 0.25 : 0);
  const sawtooth = ((time / 210 + shift / 7) % 1) * 18;
  const heap = (58 + sawtooth + 6 * load) * 1_048_576;
  const ripple = 0.5 + 0.5 * Math.sin(time / 83 + shift);
  return [
    ['process_cpu_seconds_total', {}, pod.cpu()],
    ['process_resident_memory_bytes', {}, heap + (74 + 4 * Math.sin(time / 1_700 + shift)) * 1_048_576],
    ['process_start_time_seconds', {}, pod.life.from],
    ['process_open_fds', {}, Math.round(34 + 14 * load + 4 * ripple)],
    ['process_max_fds', {}, 1_048_576],
    ['nodejs_heap_size_used_bytes', {}, heap],
    ['nodejs_heap_size_total_bytes', {}, heap + 14 * 1_048_576],
    ['nodejs_eventloop_lag_p50_seconds', {}, 0.0101 + 0.0003 * load],
    ['nodejs_eventloop_lag_p99_seconds', {}, 0.0112 + 0.0065 * load * ripple],
    ['nodejs_gc_duration_seconds_sum', { kind: 'minor' }, age * 0.0021],
    ['nodejs_gc_duration_seconds_count', { kind: 'minor' }, Math.round(age * 0.9)],
    ['nodejs_gc_duration_seconds_sum', { kind: 'major' }, age * 0.0006],
    ['nodejs_gc_duration_seconds_count', { kind: 'major' }, Math.round(age * 0.01)],
  ];
}

const deployment = { deployment: 'auth-service' };
const autoscaler = { horizontalpodautoscaler: 'auth-service-hpa' };

/** Writes what kube-state-metrics reports of the Deployment and its autoscaler. */
export function writeDeployment(file: SampleWriter, namespace: Labels, running: number, time: number): void {
  const values: readonly (readonly [string, Labels, number])[] = [
    ['kube_deployment_spec_replicas', deployment, 3],
    ['kube_deployment_status_replicas', deployment, running],
    ['kube_deployment_status_replicas_available', deployment, running],
    ['kube_deployment_status_replicas_updated', deployment, 3],
    ['kube_horizontalpodautoscaler_spec_min_replicas', autoscaler, 3],
    ['kube_horizontalpodautoscaler_spec_max_replicas', autoscaler, 10],
    ['kube_horizontalpodautoscaler_status_current_replicas', autoscaler, 3],
    ['kube_horizontalpodautoscaler_status_desired_replicas', autoscaler, 3],
  ];
  for (const [name, labels, value] of values)
    file.write(seriesName(name, { ...namespace, ...labels }), value, time);
}

/** Writes what kube-state-metrics and cAdvisor report of the container of a pod. Its limits are those of the manifests. */
export function writeContainer(file: SampleWriter, namespace: Labels, pod: SimulatedPod, time: number): void {
  const container = { ...namespace, pod: pod.life.name, container: 'auth-service' };
  const memory =
    processSamples(pod, time).find(([name]) => name === 'process_resident_memory_bytes')?.[2] ?? 0;
  const periods = (time - Math.max(pod.life.from, simulationStart)) * 10;
  const values: readonly (readonly [string, Labels, number])[] = [
    ['kube_pod_container_status_restarts_total', {}, 0],
    ['kube_pod_container_resource_limits', { resource: 'memory', unit: 'byte' }, 512 * 1_048_576],
    ['kube_pod_container_resource_limits', { resource: 'cpu', unit: 'core' }, 0.5],
    ['container_memory_working_set_bytes', {}, memory + 9 * 1_048_576],
    ['container_spec_memory_limit_bytes', {}, 512 * 1_048_576],
    ['container_cpu_usage_seconds_total', {}, pod.cpu()],
    ['container_cpu_cfs_periods_total', {}, periods],
    ['container_cpu_cfs_throttled_periods_total', {}, pod.cpu() * 0.35],
  ];
  for (const [name, labels, value] of values)
    file.write(seriesName(name, { ...container, ...labels }), value, time);
  file.write(
    seriesName('kube_pod_status_ready', { ...namespace, pod: pod.life.name, condition: 'true' }),
    1,
    time,
  );
}

/** How many pods run at that time. */
export const runningPods = (time: number): number =>
  podLives().filter(({ from, to }) => time >= from && time < to).length;
