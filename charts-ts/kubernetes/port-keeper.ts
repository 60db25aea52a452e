import type { IContainer } from 'kubernetes-models/v1';
import { keeperContainer } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { imageReference, keepPortArguments } from '../workload/process.ts';
import { pullPolicy } from './image.ts';
import { environment, quantities } from './pod.ts';
import { containerSecurity } from './security-context.ts';

/**
 * Accepts connections while the container of the API is away. It has no secrets, no volumes, and none of what an operator
 * adds to the container of the API. No probe could ask it: it listens on the loopback interface, and it has nothing to
 * do until the service ends.
 */
export function portKeeperContainer(values: Values): IContainer {
  const { limits, requests } = values.portKeeper.resources;
  const image = imageReference(values.image);
  return {
    name: keeperContainer,
    image,
    imagePullPolicy: values.image.pullPolicy ?? pullPolicy(image),
    args: [...keepPortArguments],
    env: environment(values, 'keep-port'),
    resources: { requests: quantities(requests), limits: quantities(limits) },
    securityContext: containerSecurity(values),
  };
}
