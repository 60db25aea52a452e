import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HeldBody {
  /** Whether the service answered although half of the body is missing. */
  isAnswered(): boolean;
  /** Sends the rest of the body and resolves with the status of the answer, 0 without one. */
  finish(): Promise<number>;
}

/** Milliseconds after `100 Continue` in which the service authorizes the request or answers it. */
const authorizing = 25;

/**
 * Sends a request without the second half of its body. Resolves when the service has had the time to authorize it.
 * @param line method and path
 */
export async function holdBody(base: string, line: string, token: string, body: object): Promise<HeldBody> {
  const [method, path] = line.split(' ');
  const payload = Buffer.from(JSON.stringify(body));
  const half = payload.length >> 1;
  let isAnswered = false;
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Content-Length': payload.length,
    Expect: '100-continue',
  };
  const sent = request(`${base}${path}`, { method, headers, agent: false });
  const answer = new Promise<number>((resolve) => {
    sent.once('error', () => resolve(0));
    sent.once('response', (response) => {
      isAnswered = true;
      response.resume().once('close', () => resolve(response.statusCode ?? 0));
    });
  });
  const continued = new Promise<void>((resolve) => sent.once('continue', resolve));
  sent.flushHeaders();
  await Promise.race([continued, answer]);
  sent.write(payload.subarray(0, half));
  await sleep(authorizing);
  return {
    isAnswered: () => isAnswered,
    finish() {
      sent.end(payload.subarray(half));
      return answer;
    },
  };
}
