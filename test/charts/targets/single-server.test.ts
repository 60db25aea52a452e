import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { errorCodes } from '../../../app/errors.ts';
import { problems } from '../../../app/http/problem.ts';
import { buildTarget } from '../../../charts-ts/targets/build-target.ts';
import { toCalendar } from '../../../charts-ts/targets/single-server/calendar.ts';
import { findings, rules } from '../../../charts-ts/targets/single-server/rules/findings.ts';
import { singleServer } from '../../../charts-ts/targets/single-server/single-server.ts';
import { composeFixtures } from '../support/single-server/compose-fixtures.ts';
import type { Fixture } from '../support/single-server/fixture.ts';
import { nginxFixtures } from '../support/single-server/nginx-fixtures.ts';
import { unitFixtures } from '../support/single-server/unit-fixtures.ts';

type Files = ReadonlyMap<string, string>;

const build = (...sets: string[]): Promise<Files> =>
  buildTarget(singleServer, { files: [], sets: sets.map((text) => ({ kind: 'set', text })) });

/** The reason why the values are refused. */
async function refusalOf(...sets: string[]): Promise<string> {
  try {
    await build(...sets);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return 'nothing is refused';
}

function changed(files: Files, { file, from, title, to }: Fixture): Files {
  const text = files.get(file) ?? '';
  const result = text.replace(from, to);
  if (result === text) throw new Error(`${title}: the fixture changes nothing`);
  return new Map([...files, [file, result]]);
}

/** The line of what the fixture has changed, counted in the text. */
function lineOf(files: Files, { at, file, title }: Fixture): string {
  if (at === undefined) return 'LINE';
  const [before, after] = (files.get(file) ?? '').split(at);
  if (before === undefined || after === undefined) throw new Error(`${title}: the line is not in the file`);
  return String(before.split('\n').length);
}

const local = ['singleServer.stores=local', 'redis.tls=false'];

describe('single server', () => {
  let files: Files;
  before(async () => {
    files = await build();
  });

  it('is committed as synth writes it', () => {
    for (const [name, text] of files) {
      const path = name === 'docker-compose.prod.yml' ? name : `deploy-out/single-server/${name}`;
      expect(readFileSync(path, 'utf8'), path).to.equal(text);
    }
    const committed = readdirSync('deploy-out/single-server', { recursive: true, withFileTypes: true });
    expect(committed.filter((entry) => entry.isFile())).to.have.length(files.size);
  });

  for (const sets of [
    [],
    local,
    ['redis.clientCertificate=true'],
    ['purge.enabled=false'],
    ['jwt.algorithm=HS256'],
  ])
    it(`has no finding with ${sets.join(' ') || 'the values of the guide'}`, async () => {
      expect(findings(await build(...sets))).to.deep.equal([]);
    });

  it('gives the migration and the backup alone the URL of the owner', () => {
    const containers = [...singleServer.containers(files)];
    const mounted = (name: string) => [...(containers.find((one) => one.name === name)?.mounts.keys() ?? [])];
    expect(mounted('migrate'))
      .to.include('/run/secrets/db-owner-url')
      .and.not.include('/run/secrets/redis-url');
    for (const name of ['auth-service', 'auth-service-2', 'purge'])
      expect(mounted(name)).to.not.include('/run/secrets/db-owner-url');
  });

  it('names every variable that production requires in both replicas, and the same text in both', () => {
    const [first, second] = [...singleServer.containers(files)].filter(({ command }) => command === 'serve');
    expect(first?.env).to.deep.equal(second?.env);
    expect(Object.keys(first?.env ?? {})).to.include.members([
      'DB_PRIMARY_DB_URL_FILE',
      'REDIS_URL_FILE',
      'ALLOWED_HOSTS',
    ]);
  });

  it('keeps a dollar sign of a setting', async () => {
    const built = await build('jwt.issuer=a$b');
    const service = [...singleServer.containers(built)].find(({ name }) => name === 'auth-service');
    expect(service?.env.JWT_ISSUER).to.equal('a$b');
    expect(built.get('docker-compose.prod.yml')).to.contain('JWT_ISSUER: a$$b\n');
  });

  it('answers errors of nginx as the service answers its own', () => {
    const text = files.get('nginx/problems.conf') ?? '';
    const bodies = [...text.matchAll(/return (\d+) '(.*)';/g)].map(([, status, body = '']) => ({
      status: Number(status),
      body: JSON.parse(body),
    }));
    expect(bodies).to.have.length(6);
    for (const { body, status } of bodies) {
      const code = errorCodes.find((one) => one === body.code);
      const problem = code && problems[code];
      expect(body).to.deep.equal({
        type: `urn:auth-service:problem:${code}`,
        title: problem?.title,
        status,
        detail: problem?.title,
        code,
        request_id: '$request_id',
      });
      expect(status).to.equal(problem?.status);
    }
  });

  it('writes the directive http2 for nginx 1.25.1 and later, and the parameter before', async () => {
    expect(files.get('nginx/nginx.conf')).to.contain('http2 on;').and.not.contain('ssl http2');
    const older = (await build('singleServer.nginx.image.tag=1.22.1')).get('nginx/nginx.conf');
    expect(older).to.contain('listen 443 ssl http2;').and.not.contain('http2 on;');
  });

  it('mounts the certificates of the stores and the public keys that the values contain', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'single-server-'));
    const file = join(folder, 'ca.pem');
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-subj',
          '/CN=ca',
        ],
        ...['-keyout', join(folder, 'ca.key'), '-out', file],
      ],
      { stdio: 'pipe' },
    );
    const set = { kind: 'set-file', text: `database.ca=${file}` } as const;
    const built = await buildTarget(singleServer, { files: [], sets: [set] });
    expect(built.get('certificates/database-ca.pem')).to.equal(readFileSync(file, 'utf8'));
    for (const { env, mounts, name } of singleServer.containers(built)) {
      expect(env.DB_CA_FILE, name).to.equal('/run/certificates/database-ca.pem');
      expect(mounts.get('/run/certificates/database-ca.pem'), name).to.equal(readFileSync(file, 'utf8'));
    }
    rmSync(folder, { recursive: true });
  });

  it('refuses values that contradict each other, and says what to change', async () => {
    expect(await refusalOf('singleServer.stores=local')).to.contain(
      'redis.tls: must be false with singleServer.stores=local',
    );
    expect(await refusalOf(...local, 'singleServer.ownerRole=false')).to.contain(
      'singleServer.ownerRole: must be true',
    );
    expect(await refusalOf('database.poolMax=60')).to.contain('120 connections of two replicas exceed');
    expect(await refusalOf('rollout.keepAliveTimeout=20s')).to.contain('must be at least 30s');
    expect(await refusalOf('singleServer.network=10.0.0.0/16')).to.contain(
      'must be an IPv4 block of 256 addresses',
    );
    expect(await refusalOf('purge.schedule=0 3 1 * 1')).to.contain('purge.schedule: must use numbers');
  });
});

describe('single server: rules', () => {
  let files: Files;
  before(async () => {
    files = await build();
  });

  const all = [...composeFixtures, ...nginxFixtures, ...unitFixtures];
  for (const fixture of all)
    it(`refuse ${fixture.title}`, () => {
      const broken = changed(files, fixture);
      const expected = fixture.finding.replace('LINE', lineOf(broken, fixture));
      if (expected.startsWith('[')) expect(findings(broken).join()).to.contain(expected);
      else expect(findings(broken)).to.include(expected);
    });

  it('have a fixture each', () => {
    const named = new Set(all.map(({ finding }) => /\[([a-z-]+)\]$/.exec(finding)?.[1]));
    expect([...named].sort()).to.deep.equal([...rules.map(({ id }) => id), 'compose-syntax'].sort());
  });
});

describe('the schedule of a timer', () => {
  const cases = {
    '17 3 * * *': '*-*-* 3:17:00 UTC',
    '*/15 * * * *': '*-*-* *:0/15:00 UTC',
    '0 4 * * 1-5': 'Mon..Fri *-*-* 4:0:00 UTC',
    '30 2 1,15 */3 *': '*-1/3-1,15 2:30:00 UTC',
    '0 0 * * 7': 'Sun *-*-* 0:0:00 UTC',
  };
  for (const [cron, calendar] of Object.entries(cases))
    it(`is ${calendar} for ${cron}`, () => {
      expect(toCalendar(cron)).to.equal(calendar);
    });

  for (const cron of ['0 3 1 * 1', '0 3 * * MON', '0 3 * * */2', '@daily'])
    it(`does not exist for ${cron}`, () => {
      expect(toCalendar(cron)).to.equal(undefined);
    });
});
