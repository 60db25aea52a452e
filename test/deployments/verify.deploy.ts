import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { verifySteps } from '../../charts-ts/targets/pipeline/build.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { freePort } from '../../tools/torture/harness/process.ts';
import { pemPair } from '../support/keys.ts';
import { type Running, start } from '../support/process.ts';
import { findRedis } from '../support/servers.ts';
import { createScratchDatabase, hasRealPostgres } from '../support/stores.ts';
import { type Ended, find, runStep } from './support/pipeline-steps.ts';

describe('The verification of a deployment', function () {
  this.timeout(120_000);

  const cleanup = createCleanup();
  let folder: string;
  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'verify-'));
    if (hasRealPostgres) return;
    process.stdout.write('skipped, because TEST_DATABASE_URL names no Postgres\n');
    this.skip();
  });
  after(() => rmSync(folder, { recursive: true }));
  const port = { api: 0 };
  let service: Running;

  async function startService(): Promise<string> {
    const { drop, url } = await createScratchDatabase();
    cleanup.add(drop);
    const keys = pemPair('pipeline');
    const variables = {
      ENV: 'production',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      METRICS_PORT: 'off',
      DB_PRIMARY_DB_URL: `${url()}?sslmode=disable`,
      REDIS_URL: (await findRedis()) ?? '',
      REDIS_TLS: 'off',
      JWT_PRIVATE_KEY: keys.privatePem,
      JWT_PUBLIC_KEY: keys.publicPem,
      ALLOWED_HOSTS: '127.0.0.1',
    };
    expect(await start(['migrate'], variables).ended).to.equal(0);
    service = start([], variables);
    port.api = Number(variables.PORT);
    cleanup.add(async () => {
      service.child.kill('SIGTERM');
      await service.ended;
    });
    return url();
  }
  afterEach(() => cleanup.run());

  /** As the workflow does, after the step that has put the check beside the manifests. */
  async function verify(version: string, timeout: number): Promise<Ended> {
    const release = join(folder, 'release');
    mkdirSync(release, { recursive: true });
    cpSync('tools/deploy/verify.sh', join(release, 'verify.sh'));
    writeFileSync(
      join(release, 'package.json'),
      `{\n  "name": "auth-service",\n  "version": "${version}",\n}\n`,
    );
    return runStep(find(verifySteps, 'Verify'), folder, {
      SERVICE_URL: `http://127.0.0.1:${port.api}`,
      VERIFY_TIMEOUT: String(timeout),
    });
  }

  it('passes in production, and waits until the service is ready', async () => {
    await startService();
    const { output, status } = await verify('1.0.0', 60);
    expect(output.match(/^passed: /gm), output).to.have.length(7);
    expect(status).to.equal(0);
  });

  it('fails for another version, and names what is wrong', async () => {
    await startService();
    expect((await verify('1.0.0', 60)).status).to.equal(0);
    const { output, status } = await verify('9.9.9', 0);
    expect(output).to.contain(
      'failed: GET /api/v1/health is healthy, in production, version 9.9.9 (status 200)',
    );
    expect(status).to.equal(1);
  });

  it('fails where nothing answers', async () => {
    port.api = await freePort();
    const { output, status } = await verify('1.0.0', 0);
    expect(output).to.contain('failed: GET /api/v1/health/ready is 200 (status 000)');
    expect(status).to.equal(1);
  });

  it('leaves no account and no session', async () => {
    const url = await startService();
    expect((await verify('1.0.0', 60)).status).to.equal(0);
    const sql = postgres(url, { max: 1 });
    try {
      const [row] =
        await sql`select (select count(*)::int from users) as users, (select count(*)::int from sessions) as sessions`;
      expect(row).to.deep.equal({ users: 0, sessions: 0 });
    } finally {
      await sql.end();
    }
  });
});
