import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { images } from '../../charts-ts/targets/compose/images.ts';
import { buildService } from './support/images.ts';
import { openPodman, type Podman } from './support/podman.ts';
import { buildPostgres, buildRedis } from './support/stand-ins.ts';
import { need } from './support/tools.ts';

const image = 'auth-service:bare';
const password = () => `Strong${randomBytes(12).toString('hex')}`;

describe('The image for production alone', function () {
  this.timeout(600_000);
  let podman: Podman;
  let environment: string;
  const run = (script: string): Promise<string> => podman.shell(script);
  /** A container for one command, as a Job starts it: without a terminal and without standard input. */
  const job = (command: string, options = ''): Promise<string> =>
    run(`podman run --rm --network bare --env-file ${environment} ${options} ${image} ${command}`);

  before(async function () {
    need(this, 'psql', 'the Debian package postgresql');
    need(this, 'redis-server', 'the Debian package redis-server');
    podman = await openPodman(this);
    buildPostgres(podman.store, images.postgres);
    buildRedis(podman.store, images.redis);
    buildService(podman.store, image);
    environment = join(podman.store.folder, 'bare.env');
    const database = randomBytes(12).toString('hex');
    const secret = randomBytes(48).toString('base64');
    writeFileSync(
      environment,
      `DB_PRIMARY_DB_URL=postgresql://auth:${database}@bare-db/auth?sslmode=disable
REDIS_URL=redis://bare-redis
REDIS_TLS=off
JWT_ALGORITHM=HS256
JWT_SECRET_KEY=${secret}
ALLOWED_HOSTS=localhost
`,
      { mode: 0o600 },
    );
    await run(`podman network create bare
podman run --detach --network bare --name bare-db --env POSTGRES_USER=auth --env POSTGRES_DB=auth \\
  --env POSTGRES_PASSWORD=${database} ${images.postgres}
podman run --detach --network bare --name bare-redis ${images.redis}
until podman exec bare-db pg_isready --username auth --dbname auth --host 127.0.0.1; do sleep 0.2; done`);
    await job('migrate');
    await run(`podman run --detach --network bare --name bare-service --env-file ${environment} \\
  --publish 127.0.0.1:8000:8000 --read-only --cap-drop ALL ${image}
until podman exec bare-service auth-service health 2>/dev/null; do sleep 0.2; done`);
  });
  after(async () => podman?.close());

  const login = (email: string, text: string): Promise<string> =>
    run(`curl --silent --output /dev/null --write-out '%{http_code}' http://localhost:8000/api/v1/auth/login \\
  --header 'Content-Type: application/json' --data '{"email":"${email}","password":"${text}"}'`);

  it('contains Node.js and the service, and no program that installs packages', async () => {
    const found = await run(
      `podman exec bare-service sh -c 'for name in node auth-service npm npx corepack yarn; do command -v $name; done; true'`,
    );
    expect(found.trim().split('\n')).to.deep.equal(['/usr/local/bin/node', '/usr/local/bin/auth-service']);
    const modules = await run(`podman exec bare-service sh -c 'ls /usr/local/lib/node_modules 2>&1; true'`);
    expect(modules).to.match(/No such file/);
  });

  it('creates the first administrator in the running container, with a password from standard input', async () => {
    const text = password();
    const command =
      'podman exec -i bare-service auth-service admin create --email first@example.com --username first.one';
    expect(await run(`echo '${text}' | ${command}`)).to.match(/^created administrator [0-9a-f-]{36}$/m);
    expect(await login('first@example.com', text)).to.equal('200');
    expect(await login('first@example.com', 'another password')).to.equal('401');
  });

  it('creates an administrator by a Job with a mounted password, and accepts that the Job is repeated', async () => {
    const text = password();
    const file = join(podman.store.folder, 'password');
    // As Kubernetes mounts a Secret: readable for the user of the image.
    writeFileSync(file, `${text}\n`, { mode: 0o444 });
    const names = '--email second@example.com --username second.one';
    const create = () =>
      job(
        `admin create ${names} --password-file /run/secrets/password --if-missing --json`,
        `--read-only --volume ${file}:/run/secrets/password:ro`,
      );
    const first = JSON.parse(await create());
    expect(first).to.include({ email: 'second@example.com', changed: true });
    expect(JSON.parse(await create())).to.deep.equal({ ...first, changed: false });
    expect(await login('second@example.com', text)).to.equal('200');
  });

  it('lists the administrators, and ends a session that a token belongs to', async () => {
    const list = JSON.parse(await run('podman exec bare-service auth-service admin list --json'));
    expect(list.accounts.map(({ email }: { email: string }) => email)).to.have.members([
      'first@example.com',
      'second@example.com',
    ]);
    const ended = await run(
      'podman exec bare-service auth-service sessions end --email second@example.com --json',
    );
    expect(JSON.parse(ended)).to.include({ ended_sessions: 1 });
  });

  it('runs as any user of group 0, as OpenShift starts it', async () => {
    const any = '--user 1000680000:0 --read-only --cap-drop ALL --security-opt no-new-privileges';
    expect(await job('config check', any)).to.equal('serve accepts the configuration\n');
    expect(JSON.parse(await job('admin list --json', any)).accounts).not.to.deep.equal([]);
    await run(`podman run --detach --network bare --name any-user --env-file ${environment} ${any} ${image}
until podman exec any-user auth-service health 2>/dev/null; do sleep 0.2; done`);
    expect(await run('podman exec any-user id')).to.match(/^uid=1000680000.* gid=0/);
    await run('podman stop --time 20 any-user');
    expect((await run(`podman inspect --format '{{.State.ExitCode}}' any-user`)).trim()).to.equal('0');
  });

  it('has each exit status of the program', async () => {
    const statusOf = (args: string) =>
      run(`podman exec bare-service ${args} >/dev/null 2>&1 && echo 0 || echo $?`);
    expect((await statusOf('auth-service --help')).trim()).to.equal('0');
    expect((await statusOf('auth-service admin grant --email nobody@example.com')).trim()).to.equal('1');
    expect((await statusOf('auth-service admin remove')).trim()).to.equal('2');
    expect((await statusOf('env PORT=eighty auth-service config check')).trim()).to.equal('78');
  });

  it('ends on a signal, because the program becomes Node.js', async () => {
    await run('podman stop --time 20 bare-service');
    const state = await run(`podman inspect --format '{{.State.ExitCode}}' bare-service`);
    expect(state.trim()).to.equal('0');
    expect(await run('podman logs bare-service 2>&1')).to.contain('received SIGTERM');
  });
});
