import { z } from 'zod';
import type { Config } from '../../../config/config.ts';
import { authority, isAnyAddress } from '../../listen-address.ts';

/** Milliseconds for the answer of a service on this machine. */
const deadline = 2_000;

/** The answer of /readyz, as far as the doctor explains it. */
const readiness = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.union([z.string(), z.boolean()])).nullable(),
});

export interface ServiceState {
  readonly isReady: boolean;
  /** `postgres: down`, for each check that is not as it should be. */
  readonly reasons: readonly string[];
}

const good = new Set<string | boolean>(['up', 'current', 'usable', false]);

/** Asks the service on this machine whether it is ready. @returns null if none answers */
export async function askService({ http }: Config): Promise<ServiceState | null> {
  const { host, metricsPort, port } = http;
  const address = host && !isAnyAddress(host) ? host : '127.0.0.1';
  const path = metricsPort === null ? '/api/v1/health/ready' : '/readyz';
  try {
    const signal = AbortSignal.timeout(deadline);
    const response = await fetch(`http://${authority(address, metricsPort ?? port)}${path}`, { signal });
    const { status, checks } = readiness.parse(await response.json());
    const reasons = Object.entries(checks ?? {}).filter(([, state]) => !good.has(state));
    return { isReady: status === 'ready', reasons: reasons.map(([name, state]) => `${name}: ${state}`) };
  } catch {
    return null;
  }
}
