import type { Eks } from '../values/schema.ts';

/** The ALB checks readiness, so that it stops sending requests to a draining pod at once. */
export const albHealthCheck = { intervalSeconds: 10, timeoutSeconds: 5, healthy: 2, unhealthy: 2 } as const;

/** Attributes of the load balancer. */
export const loadBalancerAttributes = (eks: Eks): Record<string, string> => ({
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  ...eks.loadBalancerAttributes,
});

const deregistrationDelay = 'deregistration_delay.timeout_seconds';

/** Attributes of the target group. */
export const targetGroupAttributes = (eks: Eks): Record<string, string> => ({
  [deregistrationDelay]: String(eks.deregistrationDelaySeconds),
  ...eks.targetGroupAttributes,
});

const idleTimeout = 'idle_timeout.timeout_seconds';

/** Seconds after which the ALB closes an idle connection to a pod. Its default is 60. */
export const idleTimeoutSeconds = (eks: Eks): number => Number(eks.loadBalancerAttributes[idleTimeout] ?? 60);

const forwardedForMode = 'routing.http.xff_header_processing.mode';

/** Attributes that would break what the service derives from the load balancer. */
export function* attributeFaults(eks: Eks): Iterable<string> {
  const idle = eks.loadBalancerAttributes[idleTimeout];
  if (idle !== undefined && !/^[1-9]\d{0,3}$/.test(idle))
    yield `eks.loadBalancerAttributes.${idleTimeout}: must be a whole number of seconds from 1 to 4000`;
  if ((eks.loadBalancerAttributes[forwardedForMode] ?? 'append') !== 'append')
    yield `eks.loadBalancerAttributes.${forwardedForMode}: must be append, because the service takes the address of the client from the end of X-Forwarded-For`;
  if (deregistrationDelay in eks.targetGroupAttributes)
    yield `eks.targetGroupAttributes.${deregistrationDelay}: must be removed; use eks.deregistrationDelaySeconds`;
}
