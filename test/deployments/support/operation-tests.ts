import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PageReader } from './page-reader.ts';
import { compose, host, type ServerUnderTest, say } from './server-under-test.ts';

/** The user that the page registers, as the service finds it with its password. */
async function expectLogin({ token }: ServerUnderTest): Promise<void> {
  expect((await token()).split('.')).to.have.length(3);
}

/** Tests of the sections of the page that follow the first deployment, in their order. */
export function operationTests(get: () => ServerUnderTest, page: PageReader, folder: () => string): void {
  it('shows its state', async () => {
    const [watch = ''] = page.commands('Watch');
    const output = await get().machine.run(watch);
    expect(output).to.contain('(healthy)').and.contain('"path":"/api/v1/');
    expect(Number(output.trim().split('\n').at(-1))).to.be.above(20);
  });

  it('runs the purge, and restarts a container that is unhealthy', async () => {
    const { machine } = get();
    await machine.run('systemctl start auth-system-purge.service');
    const label = '--label com.docker.compose.project=auth-system';
    const check = '--health-cmd false --health-interval 1s --health-retries 1';
    await machine.run(`docker run --detach --name sick ${label} ${check} redis:7.4.2 sleep 600`);
    await machine.run('until docker ps --filter health=unhealthy | grep -q sick; do sleep 0.2; done');
    const started = () => machine.run("docker inspect --format '{{.State.StartedAt}}' sick");
    const before = await started();
    await machine.run('systemctl start auth-system-watchdog.service');
    expect(await started()).to.not.equal(before);
    await machine.run('docker rm --force sick');
  });

  it('makes an encrypted backup, tries it by a drill, restores it, and the user logs in', async () => {
    const server = get();
    const { machine } = server;
    const [backup = '', drill = '', restore = ''] = page.commands('Backup and restore');
    expect(await machine.run(backup))
      .to.match(/auth-\d{8}T\d{6}Z-\w{6}: \d+ rows as of .*, encryption age, in /)
      .and.match(/-rw------- .* auth-\S+\.dump\.age\n/);
    cpSync(join(folder(), 'backup-key.txt'), join(machine.root, 'root', 'backup-key.txt'));
    expect(await machine.run(drill)).to.match(/auth-\d{8}T\d{6}Z-\w{6}/);
    await expectLogin(server);
    const before = await server.token();
    // Written after the backup, so that a login with the restored database shows which one it is.
    await server.curl(
      `--fail --json '{"email":"later@example.com","password":"correct-Giraffe-42-staple","username":"later"}'`,
      '/api/v1/auth/register',
    );
    expect(await machine.run(restore)).to.match(/restored auth-\d{8}T\d{6}Z-\w{6}: \d+ rows as of /);
    await expectLogin(server);
    const gone = await server.curl(
      `--write-out ' %{http_code}' --json '{"email":"later@example.com","password":"correct-Giraffe-42-staple"}'`,
      '/api/v1/auth/login',
    );
    expect(gone).to.match(/ 401$/);
    const old = `--fail --header 'Authorization: Bearer ${before}' https://${host}/api/v1/users/me`;
    expect(await server.curlStatus(old), 'a session from before the restore').to.not.equal(0);
    expect(await machine.run('journalctl --unit auth-system --unit auth-system-backup')).to.not.match(
      /postgresql:\/\/\w+:/,
    );
  });

  it('deploys another release, and rolls it back, without a lost request', async () => {
    const server = get();
    const { machine } = server;
    await machine.run(
      'docker tag auth-service:1.0.0 auth-service:1.0.1; docker save auth-service:1.0.1 | gzip --fast > /tmp/auth-service-1.0.1.tar.gz',
    );
    const [deploy = '', changed = ''] = page.commands('Deploy a release');
    const begin = performance.now();
    await server.withoutLoss(() => machine.run(deploy));
    say(`a deployment of both replicas took ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    const images = `${compose} ps --format '{{.Service}} {{.Image}}' | grep auth-service`;
    expect(await machine.run(images))
      .to.match(/^auth-service auth-service:1\.0\.1$/m)
      .and.match(/^auth-service-2 auth-service:1\.0\.1$/m);
    await machine.run(changed);
    const [back = ''] = page.commands('Roll back');
    await server.withoutLoss(() => machine.run(back));
    expect(await machine.run(images)).to.not.contain('1.0.1');
  });

  it('leaves the replicas as they are if a release cannot start', async () => {
    const server = get();
    const { machine } = server;
    await machine.run(
      'DOCKER_BUILDKIT=0 docker build --tag auth-service:1.0.2 - <<< $\'FROM auth-service:1.0.0\\nENTRYPOINT ["false"]\'',
    );
    const failed = await machine.run(
      "sed -i 's/:1.0.0$/:1.0.2/' /opt/auth-system/.env; ! systemctl reload auth-system 2>&1; sed -i 's/:1.0.2$/:1.0.0/' /opt/auth-system/.env",
    );
    expect(failed).to.contain('failed');
    expect(
      await machine.run(`${compose} ps --format '{{.Image}} {{.Health}}' auth-service auth-service-2`),
    ).to.equal('auth-service:1.0.0 healthy\nauth-service:1.0.0 healthy\n');
    await expectLogin(server);
  });

  it('rotates the password of the database and the signing key', async () => {
    const server = get();
    const { machine } = server;
    const [password = '', next = '', switchOver = ''] = page.commands('Rotate');
    await server.withoutLoss(() => machine.run(password));
    await expectLogin(server);
    const old = await server.token();
    const published = async (): Promise<string[]> =>
      JSON.parse(await server.curl('', '/.well-known/jwks.json')).keys.map((key: { kid: string }) => key.kid);
    const before = await published();
    await machine.run(next);
    expect(await published()).to.have.length(before.length + 1);
    await machine.run(switchOver);
    const kid = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    expect(kid(await server.token())).to.not.equal(kid(old));
    expect(
      await server.curlStatus(
        `--fail --header 'Authorization: Bearer ${old}' https://${host}/api/v1/users/me`,
      ),
    ).to.equal(0);
  });

  it('starts everything after a stop of the unit, as at boot', async () => {
    const server = get();
    await server.machine.run('systemctl stop auth-system; systemctl start auth-system');
    await expectLogin(server);
  });

  it('tears everything down', async () => {
    const { machine } = get();
    const [down = ''] = page.commands('Tear down');
    await machine.run(down);
    expect(
      await machine.run(
        'docker ps --all --quiet; docker volume ls --quiet; ls -d /opt/auth* /etc/auth* 2>/dev/null || true',
      ),
    ).to.equal('');
    expect(await machine.run("systemctl list-unit-files 'auth-system*' --no-legend || true")).to.equal('');
  });
}
