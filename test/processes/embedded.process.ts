import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { initializedDataDir } from '../support/data-dir.ts';
import { managementPort, post, serviceUrl } from '../support/executable.ts';
import { type Running, start } from '../support/process.ts';

describe('The executable without any environment', function () {
  // Each start boots an embedded Postgres.
  this.timeout(60_000);
  let dataDir: string;
  let service: Running;
  let url: string;
  /** Of a login before the process was killed. */
  let earlierToken: string;
  const launch = (args: string[] = [], variables: Record<string, string> = {}): Running =>
    start(args, { DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0', ...variables });

  before(async () => {
    dataDir = await initializedDataDir();
    const killed = launch();
    url = await serviceUrl(killed);
    const user = { email: 'kept@example.com', username: 'kept', password: 'StrongPass123!' };
    await post(`${url}/api/v1/auth/register`, user);
    const { email, password } = user;
    earlierToken = (await post(`${url}/api/v1/auth/login`, { email, password })).access_token;
    killed.child.kill('SIGKILL');
    await killed.ended;
    service = launch();
    url = await serviceUrl(service);
  });
  after(async () => {
    // A second signal changes nothing.
    service.child.kill('SIGTERM');
    service.child.kill('SIGTERM');
    const status = await service.ended;
    rmSync(dataDir, { recursive: true, force: true });
    expect(status).to.equal(0);
  });

  it('keeps users, sessions and keys over a restart, even after kill -9', async () => {
    const headers = { Authorization: `Bearer ${earlierToken}` };
    expect((await fetch(`${url}/api/v1/users/me`, { headers })).status).to.equal(200);
  });

  it('says where it listens, where data lies and that it is embedded', async () => {
    expect(service.output()).to.contain('embedded mode').and.to.contain(dataDir);
    const health = await fetch(`${url}/api/v1/health`);
    expect(await health.json()).to.deep.equal({
      status: 'healthy',
      version: '1.0.0',
      environment: 'development',
    });
  });

  it('refuses a data folder that another process uses, and leaves that process alone', async () => {
    const second = launch([]);
    expect(await second.ended).to.equal(78);
    expect(second.output()).to.contain(`DATA_DIR is in use by process ${service.child.pid}`);
    expect((await fetch(`${url}/api/v1/health`)).status).to.equal(200);
  });

  it('answers its own health check', async () => {
    const healthy = launch(['health'], { METRICS_PORT: await managementPort(service) });
    expect(await healthy.ended).to.equal(0);
  });
});
