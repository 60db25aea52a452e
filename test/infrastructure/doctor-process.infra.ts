import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { generatePair } from '../../app/features/tokens/pem-keys.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { need } from '../deployments/support/tools.ts';
import { onRealStore } from '../support/stores.ts';

const doctor = [process.execPath, '--import=tsx', 'test/commands/doctor/support/doctor-program.ts', 'doctor'];

interface Result {
  readonly status: number;
  readonly output: string;
}

/** Runs a program to its end, with nothing of the environment of the tests but PATH. */
function run(
  [file = '', ...args]: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: { PATH: process.env.PATH, ...env }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const status = error ? Number(error.code) : 0;
        resolve({ status, output: stdout + stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** `failed database-dns`, for each check that warns or fails. */
function problemsIn({ output }: Result): string[] {
  const { checks } = JSON.parse(output) as { checks: { id: string; status: string }[] };
  return checks
    .filter(({ id, status }) => (status === 'failed' || status === 'warning') && id !== 'node-version')
    .map(({ id, status }) => `${status} ${id}`);
}

onRealStore('The doctor as a process', (stores) => {
  const cleanup = createCleanup();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'auth-doctor-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  });
  afterEach(() => cleanup.run());

  it('has the same exit status in every format', async function () {
    this.timeout(120_000);
    const good = ['--only', 'cors-json'];
    const bad = { CORS_ALLOWED_ORIGINS: 'https://a.example.com' };
    for (const format of ['table', 'short', 'json', 'junit']) {
      expect((await run([...doctor, ...good, '-o', format])).status).to.equal(0);
      expect((await run([...doctor, ...good, '-o', format], bad)).status).to.equal(1);
    }
  });

  it('finds a clock that is wrong', async function () {
    need(this, 'faketime', 'the Debian package faketime');
    this.timeout(120_000);
    const env = {
      DB_PRIMARY_DB_URL: stores().directUrl(),
      ...(stores().redisUrl && { REDIS_URL: stores().redisUrl?.() ?? '' }),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const ids = ['--json', '--only', 'database-clock,redis-clock'];
    expect(problemsIn(await run([...doctor, ...ids], env))).to.deep.equal([]);
    const result = await run(['faketime', '-f', '+600s', ...doctor, ...ids], env);
    expect(problemsIn(result)).to.include('failed database-clock');
  });

  it('finds a key that its user may not read', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { privatePem, publicPem } = await generatePair('ES256');
    chmodSync(folder, 0o755);
    const [key, publicKey] = [join(folder, 'private.pem'), join(folder, 'public.pem')];
    writeFileSync(key, privatePem, { mode: 0o600 });
    writeFileSync(publicKey, publicPem, { mode: 0o644 });
    const env = {
      JWT_ALGORITHM: 'ES256',
      JWT_PRIVATE_KEY_PATH: key,
      JWT_PUBLIC_KEY_PATH: publicKey,
      TSX_DISABLE_CACHE: '1',
    };
    const only = ['--json', '--only', 'jwt-key-unreadable'];
    const user = ['setpriv', '--reuid=10001', '--regid=10001', '--clear-groups', '--'];
    const result = await run([...user, ...doctor, ...only], env);
    expect(problemsIn(result)).to.deep.equal(['failed jwt-key-unreadable']);
    expect(result.output).to.contain('has owner 0, group 0 and mode 0600, and this process has uid 10001');
  });

  it('finds too few file descriptors', async () => {
    const command = [
      'sh',
      '-c',
      'ulimit -n 256 && exec "$0" "$@"',
      ...doctor,
      '--json',
      '--only',
      'file-descriptors',
    ];
    expect(problemsIn(await run(command))).to.deep.equal(['warning file-descriptors']);
  });

  it('finds a full disk', async function () {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      return this.skip();
    }
    cleanup.add(() => void execFileSync('umount', [disk]));
    const only = ['--json', '--only', 'data-dir-space'];
    expect(problemsIn(await run([...doctor, ...only], { DATA_DIR: disk }))).to.deep.equal([
      'failed data-dir-space',
    ]);
    expect(problemsIn(await run([...doctor, ...only], { DATA_DIR: folder }))).to.deep.equal([]);
  });

  it('waits for a server until the deadline', async () => {
    const server = createServer((_request, response) => {
      response.end(
        JSON.stringify({ status: asked++ < 1 ? 'not_ready' : 'ready', checks: { postgres: 'up' } }),
      );
    });
    let asked = 0;
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const env = { HOST: '127.0.0.1', METRICS_PORT: 'off', PORT: String(port) };
    const result = await run([...doctor, '--only', 'service-ready', '--wait', '30s'], env);
    expect([result.status, asked]).to.deep.equal([0, 2]);
  });

  it('explains a log from standard input, in memory that does not grow with it', async function () {
    this.timeout(300_000);
    const line =
      '{"level":"info","time":"2026-11-27T10:00:00.000Z","event":"request","method":"GET","status":200,"path":"/api/v1/users/me","userAgent":"Mozilla/5.0 (X11; Linux x86_64)"}';
    const bad = '2026-11-27 10:00:00.000 UTC [42] FATAL:  sorry, too many clients already';
    const lines = 1_400_000;
    const script = `yes '${line}' | head -n ${lines}; echo '${bad}'`;
    const command = `{ ${script}; } | /usr/bin/env time -f 'peak %M KiB, %U s of CPU' "$0" "$@"`;
    const result = await run(['bash', '-c', command, ...doctor, '--from-logs', '-']);
    expect(result.status).to.equal(1);
    expect(result.output).to.contain(`in ${lines + 1} lines, 0 of them unknown`);
    const [measured = '', peak = ''] = /peak (\d+) KiB.*/.exec(result.output) ?? [];
    process.stdout.write(`      ${Math.round((lines * line.length) / 2 ** 20)} MiB: ${measured}\n`);
    expect(Number(peak)).to.be.below(250_000);
  });
});
