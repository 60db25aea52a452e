import type { Running } from './process.ts';

/** Waits until the service listens. @returns the URL of its API */
export async function serviceUrl(service: Running): Promise<string> {
  const [, port] = await service.printed(/listens on http:\/\/localhost:(\d+),/);
  return `http://127.0.0.1:${port}`;
}

/** Waits until the service listens. */
export async function managementPort(service: Running): Promise<string> {
  const [, port] = await service.printed(/metrics and probes on port (\d+)/);
  return String(port);
}

/** Sends a body as JSON. @returns the data of the answer */
export async function post(url: string, body: unknown) {
  const headers = { 'Content-Type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  // Other tests check the form of a login.
  const { data } = (await reply.json()) as { data: { access_token: string; user: { roles: string[] } } };
  return data;
}
