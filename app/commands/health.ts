import { authority, isAnyAddress } from './listen-address.ts';

/** Both, and no name: a container may have one of the families only, and needs no resolver for its health check. */
const loopbackAddresses = ['127.0.0.1', '::1'];

/**
 * A health check for containers without curl: liveness, as a kubelet asks for it.
 * @param host HOST of the service
 * @throws Error when the service on this machine does not answer with 200 within three seconds
 */
export async function healthCommand(port: number, host?: string): Promise<void> {
  const signal = AbortSignal.timeout(3_000);
  let failure: unknown;
  for (const address of host && !isAnyAddress(host) ? [host] : loopbackAddresses) {
    try {
      const response = await fetch(`http://${authority(address, port)}/livez`, { signal });
      if (response.ok) return;
      throw new Error(`the health check answered with status ${response.status}`);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
