import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect } from 'chai';
import type { CertificateAuthority } from './acme.ts';
import type { Machine } from './machine.ts';

export const host = 'api.yourdomain.com';
export const compose = 'docker compose --file /opt/auth-system/docker-compose.prod.yml';
export const say = (line: string): void => void process.stdout.write(`    ${line}\n`);

const credentials = '{"email":"test@example.com","password":"correct-Giraffe-42-staple"}';

/** What the tests ask of a server that runs. */
export interface ServerUnderTest {
  readonly machine: Machine;
  /** Runs curl on the server with these options. @returns what it prints @throws Error if curl fails */
  curl(options: string, path?: string): Promise<string>;
  /** The exit status of curl. */
  curlStatus(options: string): Promise<number>;
  /** An access token of the user that the page registers. */
  token(options?: string): Promise<string>;
  /** The serial number of the certificate that clients get. */
  serial(): Promise<string>;
  /** Sends requests, each on a new connection, while the work is done, and demands that all are answered as expected. */
  withoutLoss(work: () => Promise<unknown>): Promise<void>;
}

/** Sends requests until `stop` is called, which resolves with what they have shown. */
async function startClient(machine: Machine, env: Readonly<Record<string, string>>) {
  const script = resolve('test/deployments/support/steady-client.ts');
  const client = machine.beside(process.execPath, ['--import=tsx', script], env);
  let output = '';
  client.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  client.stderr?.pipe(process.stderr);
  return {
    kill: () => client.kill(),
    async stop(): Promise<{ sent: number; failures: string[] }> {
      const closed = once(client, 'close');
      client.stdin?.end();
      await closed;
      return JSON.parse(output);
    },
  };
}

/** @param authority whose certificates the clients trust */
export function createServerUnderTest(
  machine: Machine,
  authority: () => CertificateAuthority,
): ServerUnderTest {
  const url = (path: string): string => `https://${host}${path}`;
  const server: ServerUnderTest = {
    machine,
    curl: (options, path = '/api/v1/health') =>
      machine.run(`curl --silent --show-error ${options} ${url(path)}`),
    curlStatus: async (options) =>
      Number((await machine.run(`curl --silent --output /dev/null ${options} && echo 0 || echo $?`)).trim()),
    async token(options = '') {
      const answer = await server.curl(`${options} --json '${credentials}'`, '/api/v1/auth/login');
      return JSON.parse(answer).data.access_token;
    },
    serial: async () =>
      machine.run(
        `openssl s_client -connect ${host}:443 -servername ${host} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
      ),
    async withoutLoss(work) {
      const env = { ADDRESS: machine.address, HOST: host, CA: authority().root, TOKEN: await server.token() };
      const client = await startClient(machine, env);
      try {
        await work();
        const { failures, sent } = await client.stop();
        say(`${sent} requests meanwhile, ${failures.length} of them without the expected answer`);
        // The first and the last of them say what went wrong, and for how long.
        expect([...failures.slice(0, 3), ...failures.slice(3).slice(-3)].join('\n')).to.equal('');
        expect(sent).to.be.above(50);
      } finally {
        client.kill();
      }
    },
  };
  return server;
}
