import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCompiledApp } from '../support/compiled-app.ts';
import { until } from '../support/until.ts';
import {
  createNetworkNamespace,
  type Family,
  type NetworkNamespace,
  whyNoNamespaces,
} from './servers/network-namespace.ts';

/** Prints the path of each request: what the service needs of a collector of OpenTelemetry. */
const collector = `require('node:http').createServer((request, response) => {
  console.log(request.method, request.url);
  request.resume().once('end', () => response.end());
}).listen(4318, process.argv[1], () => console.log('collects'))`;

const ask = `fetch(process.argv[1], JSON.parse(process.argv[2])).then(async (response) =>
  console.log(JSON.stringify({ status: response.status, text: await response.text() })))`;

/** Postgres refuses to run as root. */
const asPostgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] as const;

/** The folder of the programs of the newest Postgres of Debian. */
function postgresPrograms(): string {
  const root = '/usr/lib/postgresql';
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return `${root}/${newest}/bin`;
}

for (const family of ['IPv6', 'IPv4'] satisfies Family[]) {
  describe(`A network with ${family} alone`, function () {
    this.timeout(180_000);
    const folder = mkdtempSync(join(tmpdir(), 'auth-networks-'));
    let network: NetworkNamespace;
    let service: () => string;
    let collected: () => string;
    let env: Record<string, string>;
    const main: [string, ...string[]] = [process.execPath, ...runCompiledApp()];

    before(async function () {
      const reason = whyNoNamespaces();
      if (reason) {
        process.stderr.write(`networks: SKIPPED, no network namespaces on this machine: ${reason}\n`);
        this.skip();
      }
      network = createNetworkNamespace(family);
      const { address, host } = network;
      env = {
        ENV: 'test',
        DATA_DIR: folder,
        ARGON2_MEMORY_KIB: '64',
        ARGON2_TIME: '1',
        DB_PRIMARY_DB_URL: `postgresql://auth@${host}:5432/postgres?sslmode=disable`,
        REDIS_URL: `redis://${host}:6379`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:4318`,
      };
      const [data, programs] = [join(folder, 'postgres'), postgresPrograms()];
      const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
      chownSync(folder, id('-u'), id('-g'));
      const [setpriv, ...options] = asPostgres;
      const initdb = [`${programs}/initdb`, '-D', data, '-U', 'auth', '--auth=trust', '-E', 'UTF8', '-N'];
      execFileSync(setpriv, [...options, ...initdb], { cwd: '/', stdio: 'pipe' });
      const postgres = [`${programs}/postgres`, '-D', data, '-k', '', '-c', `listen_addresses=${address}`];
      await network.start([...asPostgres, ...postgres], /ready to accept connections/);
      await network.start(
        ['redis-server', '--bind', address, '--save', '', '--dir', folder],
        /Ready to accept connections/,
      );
      collected = await network.start([process.execPath, '-e', collector, address], /collects/);
      await network.run([...main, 'migrate'], env);
      service = await network.start(main, /listens on/, env);
    });
    after(async () => {
      await network?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function send(path: string, options: object = {}) {
      const url = `http://${network.host}:8000/api/v1${path}`;
      const answer = JSON.parse(
        await network.run([process.execPath, '-e', ask, url, JSON.stringify(options)]),
      );
      return { status: answer.status, body: JSON.parse(answer.text) };
    }
    const post = (path: string, body: object) =>
      send(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });

    it('is enough for users, Postgres and Redis', async () => {
      const user = { email: 'user@example.com', password: 'Str0ng-and-unusual', username: 'networker' };
      expect((await post('/auth/register', user)).status).to.equal(201);
      const { email, password } = user;
      const login = await post('/auth/login', { email, password });
      expect(login.status).to.equal(200);
      const Authorization = `Bearer ${login.body.data.access_token}`;
      const sessions = await send('/users/me/sessions', { headers: { Authorization } });
      expect(sessions.body.data[0].ip).to.equal(network.address);
      const ready = await send('/health/ready');
      expect(ready.body.checks).to.include({ postgres: 'up', redis: 'up' });
    });

    it('is enough for the health command and the probes', async () => {
      await network.run([...main, 'health'], env);
      expect(service()).to.match(/listens on http:\/\/localhost:8000, metrics and probes on port 9464/);
    });

    it('is enough for traces', () => until(() => collected().includes('POST /v1/traces')));

    it('carries responses of many packets', async () => {
      const document = await send('/openapi.json');
      expect(JSON.stringify(document.body).length).to.be.greaterThan(50_000);
    });
  });
}
