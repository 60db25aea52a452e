import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { freePort } from '../../tools/torture/harness/process.ts';
import { faultOf, runCommand } from '../support/backups.ts';
import { createScratchDatabase, hasRealPostgres, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { need } from './support/tools.ts';

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );

/** `s3rver` of npm is no dependency of the project: only this test needs it. */
function installServer(context: Mocha.Context, folder: string): string {
  try {
    const { PATH, HOME } = process.env;
    // Without the variables of an npm that runs this test, which name the folder of the project.
    const options = { cwd: folder, env: { PATH, HOME }, stdio: 'pipe' as const };
    execFileSync('npm', ['install', '--no-save', '--ignore-scripts', 's3rver@3.7.1'], options);
    return join(folder, 'node_modules/s3rver/bin/s3rver.js');
  } catch (error) {
    process.stdout.write(`skipped, because s3rver could not be installed from npm: ${error}\n`);
    return context.skip();
  }
}

describe('Backups in a bucket, through rclone', function () {
  this.timeout(300_000);
  const cleanup = createCleanup();
  const root = mkdtempSync(join(tmpdir(), 'auth-bucket-'));
  const keyFile = join(root, 'key');
  const targetOf = (path: string): string => `rclone:bucket:backups/${path}`;
  const original = { ...process.env };
  let url: string;
  let server: ChildProcess;

  before(async function () {
    cleanup.add(() => rmSync(root, { recursive: true, force: true }));
    need(this, 'rclone', 'the Debian package rclone');
    need(this, 'pg_dump', 'the Debian package postgresql-client');
    if (!hasRealPostgres) this.skip();
    const program = installServer(this, root);
    const port = await freePort();
    const data = join(root, 'data');
    mkdirSync(data);
    const args = ['-d', data, '-a', '127.0.0.1', '-p', String(port), '--configure-bucket', 'backups'];
    server = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
    cleanup.add(() => void server.kill('SIGKILL'));
    await until(() => answers(port), 60_000);
    // Settings of this machine are for its own clouds.
    for (const name of Object.keys(process.env)) if (/^(AWS_|RCLONE_)/.test(name)) delete process.env[name];
    Object.assign(process.env, {
      RCLONE_CONFIG: join(root, 'rclone.conf'),
      RCLONE_CONFIG_BUCKET_TYPE: 's3',
      RCLONE_CONFIG_BUCKET_PROVIDER: 'Other',
      RCLONE_CONFIG_BUCKET_ENDPOINT: `http://127.0.0.1:${port}`,
      RCLONE_CONFIG_BUCKET_ACCESS_KEY_ID: 'S3RVER',
      RCLONE_CONFIG_BUCKET_SECRET_ACCESS_KEY: 'S3RVER',
      RCLONE_CONFIG_BUCKET_FORCE_PATH_STYLE: 'true',
    });
    writeFileSync(join(root, 'rclone.conf'), '');
    writeFileSync(keyFile, randomBytes(48).toString('base64'));
    const scratch = await createScratchDatabase();
    cleanup.add(scratch.drop);
    url = scratch.url();
    await migrate({ target: { url: () => url, sslMode: 'disable', caFile: undefined }, log: silentLog });
  });
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in original)) delete process.env[name];
    Object.assign(process.env, original);
    await cleanup.run();
  });

  const backUp = (path: string, ...options: string[]) =>
    runCommand(['backup', '--to', targetOf(path), '--key-file', keyFile, ...options], {
      DB_PRIMARY_DB_URL: url,
    });
  const list = async (path: string): Promise<readonly { name: string; state: string }[]> =>
    (await runCommand(['backup', 'list', '--from', targetOf(path)])).result.backups;

  it('are written, listed, restored and removed as in a folder', async () => {
    expect(await list('auth'), 'a path that does not exist yet').to.deep.equal([]);
    const first = (await backUp('auth')).result;
    const second = (await backUp('auth', '--keep', '1')).result;
    expect(second.removed).to.deep.equal([first.name]);
    expect((await list('auth')).map(({ name, state }) => [name, state])).to.deep.equal([
      [second.name, 'complete'],
    ]);
    const drilled = await runCommand(
      ['restore', '--from', targetOf('auth'), '--key-file', keyFile, '--drill'],
      {
        DB_PRIMARY_DB_URL: url,
      },
    );
    expect(drilled.result.name).to.equal(second.name);
    const sql = postgres(url, { max: 1, fetch_types: false });
    const left = await sql.unsafe(`select datname from pg_database where datname ~ '^auth_drill_'`);
    await sql.end();
    expect(Array.from(left), 'scratch databases').to.deep.equal([]);
  });

  it('are refused when the bucket does not exist, or the server is away', async () => {
    const elsewhere = ['backup', '--to', 'rclone:nowhere:x', '--key-file', keyFile];
    expect(await faultOf(elsewhere, { DB_PRIMARY_DB_URL: url })).to.match(/^rclone ended with status \d/);
  });

  it('are listed as incomplete without their manifest', async () => {
    const name = 'auth-20200101T000000Z-abcdef';
    const file = join(root, `${name}.dump.age`);
    writeFileSync(file, randomBytes(1_000));
    execFileSync('rclone', ['copy', file, 'bucket:backups/incomplete'], { stdio: 'pipe' });
    expect(await list('incomplete')).to.have.length(1);
    expect((await list('incomplete'))[0]).to.include({ name, state: 'incomplete' });
  });

  it('are encrypted in the bucket', async () => {
    await backUp('encrypted');
    const files = readdirSync(join(root, 'data'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, 'data', name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).to.be.at.least(1);
    for (const path of files) expect(readFileSync(path).includes('PGDMP'), path).to.equal(false);
  });
});
