import type { Environment } from '../config/config.ts';
import { authority, isAnyAddress } from './listen-address.ts';

/** Both, and no name: a container may have one of the families only, and needs no resolver for its health check. */
const loopbackAddresses = ['127.0.0.1', '::1'];

/**
 * The listener to ask: the management listener, or that of the API with METRICS_PORT=off. It reads no other variable, so that
 * a fault elsewhere does not make a running service look dead.
 */
export function healthTarget({ METRICS_PORT, PORT }: Environment, probe: 'live' | 'ready' = 'live') {
  if (METRICS_PORT?.trim() === 'off') return { port: Number(PORT) || 8000, path: `/api/v1/health/${probe}` };
  return { port: Number(METRICS_PORT) || 9464, path: `/${probe}z` };
}

type Target = ReturnType<typeof healthTarget>;

/** @throws Error when no service on this machine answers within three seconds */
async function ask({ path, port }: Target, host: string | undefined): Promise<Response> {
  const signal = AbortSignal.timeout(3_000);
  let refusal: Response | undefined;
  let failure: unknown;
  for (const address of host && !isAnyAddress(host) ? [host] : loopbackAddresses) {
    try {
      const response = await fetch(`http://${authority(address, port)}${path}`, { signal });
      if (response.ok) return response;
      refusal ??= response;
    } catch (error) {
      failure ??= error;
    }
  }
  if (refusal) return refusal;
  throw failure;
}

/**
 * A health check for containers without curl: liveness, as a kubelet asks for it.
 * @param host HOST of the service
 * @throws Error when the service on this machine does not answer with 200 within three seconds
 */
export async function healthCommand(target: Target, host?: string): Promise<void> {
  const { ok, status } = await ask(target, host);
  if (!ok) throw new Error(`the health check answered with status ${status}`);
}

/**
 * The answer of the readiness probe of the service on this machine, of any status.
 * @param host HOST of the service
 * @throws Error when the service does not answer within three seconds
 */
export async function askReadiness(target: Target, host?: string): Promise<unknown> {
  return (await ask(target, host)).json();
}
