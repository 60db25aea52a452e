import type { Environment } from '../config/config.ts';
import { authority, isAnyAddress } from './listen-address.ts';

/** Both, and no name: a container may have one of the families only, and needs no resolver for its health check. */
const loopbackAddresses = ['127.0.0.1', '::1'];

/**
 * The listener to ask: the management listener, or that of the API with METRICS_PORT=off. It reads no other variable, so that
 * a fault elsewhere does not make a running service look dead.
 */
export function healthTarget({ METRICS_PORT, PORT }: Environment): { port: number; path: string } {
  if (METRICS_PORT?.trim() === 'off') return { port: Number(PORT) || 8000, path: '/api/v1/health/live' };
  return { port: Number(METRICS_PORT) || 9464, path: '/livez' };
}

/**
 * A health check for containers without curl: liveness, as a kubelet asks for it.
 * @param host HOST of the service
 * @throws Error when the service on this machine does not answer with 200 within three seconds
 */
export async function healthCommand(
  { path, port }: ReturnType<typeof healthTarget>,
  host?: string,
): Promise<void> {
  const signal = AbortSignal.timeout(3_000);
  let failure: unknown;
  for (const address of host && !isAnyAddress(host) ? [host] : loopbackAddresses) {
    try {
      const response = await fetch(`http://${authority(address, port)}${path}`, { signal });
      if (response.ok) return;
      throw new Error(`the health check answered with status ${response.status}`);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
