import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { promisify } from 'node:util';
import type { Block } from './page.ts';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reaches into bodies of every kind, and a wrong path fails the test.
  readonly body: any;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Sends requests as the front end of a platform does: with the Host of the client, and the header that it adds. */
export function createFrontEnd(container: string, port: number, host: string, forwardedFor: string) {
  function send(path: string, { body, headers = {}, method = 'GET' }: Sent = {}): Promise<Answer> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ host: container, port, path, method, agent: false },
          headers: {
            host,
            'x-forwarded-for': forwardedFor,
            'x-forwarded-proto': 'https',
            ...(json && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            const isJson = /json/.test(response.headers['content-type'] ?? '');
            resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
          });
        },
      );
      sent.on('error', reject).end(json);
    });
  }

  return {
    send,
    /** The status, or 0 while nothing listens. */
    statusOf: (path: string): Promise<number> =>
      send(path).then(
        ({ status }) => status,
        () => 0,
      ),
    /** Section 5.3 of the deployment guide: register, log in, and ask for the own account. @returns its sessions */
    async journey(): Promise<{ statuses: number[]; addresses: string[] }> {
      const account = {
        email: 'test@example.com',
        username: 'testuser',
        password: 'a long pass phrase 4711',
      };
      const registered = await send('/api/v1/auth/register', { method: 'POST', body: account });
      const { email, password } = account;
      const login = await send('/api/v1/auth/login', { method: 'POST', body: { email, password } });
      const headers = { authorization: `Bearer ${login.body.data?.access_token}` };
      const me = await send('/api/v1/users/me', { headers });
      const sessions = await send('/api/v1/users/me/sessions', { headers });
      return {
        statuses: [registered, login, me, sessions].map(({ status }) => status),
        addresses: sessions.body.data?.map(({ ip }: { ip: string }) => ip),
      };
    },
  };
}

/**
 * Runs a block of a page whose curl lines ask the public host. They reach the container as the front end sends them on.
 * @returns what the block printed
 * @throws Error if a line fails
 */
export async function runAgainst(
  container: string,
  port: number,
  forwardedFor: string,
  { text }: Block,
): Promise<string> {
  const host = 'api.yourdomain.com';
  const script = `
    curl() {
      command curl --silent --show-error --header 'Host: ${host}' --header 'X-Forwarded-For: ${forwardedFor}' \
        "\${@/https:\\/\\/${host}/http:\\/\\/${container}:${port}}"
    }
    ${text}`;
  // Not synchronous: this process passes the connections of the container on to the stores.
  return (await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script])).stdout;
}

export type FrontEnd = ReturnType<typeof createFrontEnd>;
