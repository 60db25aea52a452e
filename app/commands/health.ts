/**
 * A health check for containers without curl: liveness, as a kubelet asks for it.
 * @throws Error when the service on this machine does not answer with 200 within three seconds
 */
export async function healthCommand(port: number, host = '127.0.0.1'): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const signal = AbortSignal.timeout(3_000);
  const response = await fetch(`http://${authority}/livez`, { signal });
  if (!response.ok) throw new Error(`the health check answered with status ${response.status}`);
}
