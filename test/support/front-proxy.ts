import type { ProxyName } from '../infrastructure/servers/forwarding.ts';

/** The proxy in front of one application. */
export interface FrontProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** The variables of an application whose clients are behind a proxy on this host. */
export const behindFrontProxy: Record<string, string> = process.env.TEST_PROXY
  ? { TRUSTED_PROXIES: '127.0.0.1' }
  : {};

/** Starts the proxy that TEST_PROXY names in front of a port of this host. Null without TEST_PROXY. */
export async function startFrontProxy(port: number): Promise<FrontProxy | null> {
  const name = process.env.TEST_PROXY;
  if (!name) return null;
  // Imported late: most runs start no proxy.
  const { forwardTo } = await import('../infrastructure/servers/forwarding.ts');
  // reason: a name that is not one of them has no entry, and fails the test
  const proxy = await forwardTo(name as ProxyName, `127.0.0.1:${port}`);
  return { port: Number(new URL(proxy.url).port), stop: () => proxy.stop() };
}
