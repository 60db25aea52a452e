import type { IContainer, IProbe } from 'kubernetes-models/v1';
import { probePaths } from '../names.ts';
import type { Values } from '../values/schema.ts';

type Timing = Values['probes']['startup'];

/** A delay of 0 is left out: the API server does not return it, and each apply would report a change. */
function probe(path: string, { initialDelaySeconds, ...timing }: Timing): IProbe {
  return {
    httpGet: { path, port: 'metrics' },
    ...(initialDelaySeconds > 0 && { initialDelaySeconds }),
    ...timing,
  };
}

/**
 * Readiness needs a pod that has reached Postgres, and still can check tokens. Liveness does not, because a restart of the pod
 * repairs no store: it fails only after the event loop of the process has been blocked for 30 seconds. Such a process cannot drain on SIGTERM, so the
 * kubelet need not wait for it. The first startup probe waits until a process has usually started: each failed probe
 * becomes a warning event of the pod.
 */
export function probes({
  probes: { liveness, readiness, startup },
}: Values): Pick<IContainer, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  return {
    startupProbe: probe(probePaths.live, startup),
    livenessProbe: probe(probePaths.live, liveness),
    readinessProbe: probe(probePaths.ready, readiness),
  };
}
