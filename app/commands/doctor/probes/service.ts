import type { Config } from '../../../config/config.ts';
import { authority, isAnyAddress } from '../../listen-address.ts';
import { parseReadiness, type ReadinessReport } from '../../readiness-report.ts';

/** Milliseconds for the answer of a service on this machine. */
const deadline = 2_000;

/** Asks the service on this machine whether it is ready. @returns null if none answers */
export async function askService({ http }: Config): Promise<ReadinessReport | null> {
  const { host, metricsPort, port } = http;
  const address = host && !isAnyAddress(host) ? host : '127.0.0.1';
  const path = metricsPort === null ? '/api/v1/health/ready' : '/readyz';
  try {
    const signal = AbortSignal.timeout(deadline);
    const response = await fetch(`http://${authority(address, metricsPort ?? port)}${path}`, { signal });
    return parseReadiness(await response.json());
  } catch {
    return null;
  }
}
