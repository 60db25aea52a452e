/**
 * For a container health check without curl.
 * @throws Error when the service on this machine does not answer 200 within three seconds
 */
export async function healthCommand(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/health`, {
    signal: AbortSignal.timeout(3_000),
  });
  if (!response.ok) throw new Error(`health answered ${response.status}`);
}
