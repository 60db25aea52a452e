import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { images } from '../../charts-ts/targets/compose/images.ts';
import { keyId } from '../../charts-ts/targets/kong/draw.ts';
import { until } from '../support/until.ts';
import { buildKong } from './support/kong-stand-in.ts';
import { openPage } from './support/page.ts';
import { openPodman, type Podman } from './support/podman.ts';
import { copyProject } from './support/project.ts';
import { need } from './support/tools.ts';

const page = 'docs/deploy/kong.md';
/** The address of the network namespace in the default network of podman. */
const gateway = '10.88.0.1';

describe('the page of Kong', function () {
  this.timeout(300_000);
  let podman: Podman;
  let project: string;
  let service: ChildProcess;
  const commands = openPage(page);
  const run = (script: string): Promise<string> => podman.shell(script, { cwd: project });
  const read = (file: string): string => readFileSync(join(project, file), 'utf8');

  before(async function () {
    need(this, 'nginx', 'the Debian package nginx-light');
    podman = await openPodman(this);
    project = join(podman.store.folder, 'kong-project');
    copyProject(project);
    symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
    const [, values = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
    writeFileSync(join(project, 'mine.yaml'), values.replace('auth-service.auth-system.svc', gateway));
    service = podman.start(`exec ${process.execPath} --import=tsx app/main.ts`, {
      cwd: project,
      env: { HOST: '0.0.0.0', DATA_DIR: join(podman.store.folder, 'kong-data'), LOG_LEVEL: 'error' },
    });
  });
  after(async () => {
    if (service && service.exitCode === null) {
      service.kill();
      await once(service, 'exit');
    }
    await podman?.close();
  });

  it('draws the files from the values of the page', async () => {
    await run(commands.under('Set-up'));
    expect(read('dist/kong/kong.yml')).to.contain(`host: ${gateway}`).and.to.contain('- 10.20.0.0/16');
    expect(read('dist/kong/kong.env')).to.contain('KONG_TRUSTED_IPS=10.0.0.0/16\n');
  });

  it('starts a gateway that serves the service and hides its metrics', async () => {
    await run('mkdir -p keys');
    for (const name of ['public', 'next'])
      await run(`openssl genrsa 2048 2>/dev/null | openssl rsa -pubout -out keys/${name}.pem 2>/dev/null`);
    // The files of the rotation as well, because nginx stands in for Kong and accepts only the files that it is made for.
    const first = read('dist/kong/kong.yml');
    const rotation = commands
      .under('Rotate')
      .replaceAll('dist/kong', 'dist/rotated')
      .replace('docker restart kong\n', '');
    await run(rotation);
    buildKong(podman.store, images.kong, first, read('dist/rotated/kong.yml'));
    await run(commands.under('First deploy'));
    await until(
      () =>
        run('curl -sf http://localhost:8080/api/v1/health').then(
          () => true,
          () => false,
        ),
      60_000,
    );
    const answer = await run(commands.under('Verify'));
    expect(answer)
      .to.contain('"status":"healthy"')
      .and.to.match(/404\n$/);
  });

  it('serves again after the commands of a rotation, with the kid of each key', async () => {
    await run(commands.under('Rotate'));
    for (const name of ['public', 'next'])
      expect(read('dist/kong/kong.yml')).to.contain(`key: ${keyId(read(`keys/${name}.pem`))}\n`);
    await until(
      () =>
        run('curl -sf http://localhost:8080/api/v1/health').then(
          () => true,
          () => false,
        ),
      60_000,
    );
  });

  it('leaves nothing', async () => {
    await run(commands.under('Tear down'));
    expect(commands.unused()).to.deep.equal([]);
    expect(await podman.leftovers()).to.deep.equal([]);
  });
});
