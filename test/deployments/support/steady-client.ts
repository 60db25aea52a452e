import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends requests one after the other in two loops, each on a connection of its own, until its standard input ends. Then it
 * prints how many it has sent, and what came instead of the expected answers.
 * Environment: ADDRESS, HOST, CA (a file) and TOKEN.
 */
const { ADDRESS = '', CA = '', HOST = '', TOKEN = '' } = process.env;
const ca = readFileSync(CA);
const failures: string[] = [];
let sent = 0;
let isOver = false;
process.stdin.resume().once('end', () => {
  isOver = true;
});

/** The status of the answer, or the error of the connection. */
function ask(method: string, path: string): Promise<string> {
  return new Promise((resolve) => {
    const headers = { host: HOST, authorization: `Bearer ${TOKEN}` };
    const options = {
      agent: false,
      ca,
      headers,
      host: ADDRESS,
      method,
      path,
      servername: HOST,
      timeout: 15_000,
    };
    const asked = request(options, (response) => {
      response.resume().once('end', () => resolve(String(response.statusCode)));
      response.once('error', (error) => resolve(String(error)));
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer within 15 s')));
    asked.once('error', (error) => resolve(String(error)));
    asked.end();
  });
}

async function loop(method: string, path: string, expected: string): Promise<void> {
  while (!isOver) {
    const answer = await ask(method, path);
    sent += 1;
    if (answer !== expected) failures.push(`${new Date().toISOString()} ${method} ${path}: ${answer}`);
    // Both loops together stay below the 50 requests a second that nginx allows one network, on a fast machine too.
    await sleep(50);
  }
}

// A POST shows that no request is sent to a replica that can no longer answer: nginx does not repeat it.
await Promise.all([loop('GET', '/api/v1/users/me', '200'), loop('POST', '/api/v1/auth/verify', '204')]);
process.stdout.write(`${JSON.stringify({ sent, failures })}\n`);
