import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { buildTarget } from '../../charts-ts/targets/build-target.ts';
import { singleServer } from '../../charts-ts/targets/single-server/single-server.ts';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { need } from './support/tools.ts';

type Files = ReadonlyMap<string, string>;

/** A mistake: file, text, what it is replaced by, and what the program says. LINE is the line of the replacement. */
type Mistake = readonly [file: string, from: string, to: string, says: string];

/** The output of a program, and whether it accepts the files. */
interface Verdict {
  readonly accepts: boolean;
  readonly output: string;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Verdict {
  const { status, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8', env });
  return { accepts: status === 0, output: stdout + stderr };
}

function write(folder: string, files: Files): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Tests for one program: it accepts what synth writes, and refuses each mistake with its line. */
function checks(
  describeProgram: () => { files: Files; judge(files: Files): Verdict },
  mistakes: readonly Mistake[],
): void {
  it('accepts what synth writes', () => {
    const { files, judge } = describeProgram();
    const { accepts, output } = judge(files);
    expect(output).to.not.match(/warn|emerg|unknown/i);
    expect(accepts, output).to.equal(true);
  });
  for (const [file, from, to, says] of mistakes)
    it(`refuses ${to.trim().split('\n')[0]} in ${file}`, () => {
      const { files, judge } = describeProgram();
      const text = files.get(file) ?? '';
      expect(text.split(from), `${from} in ${file}`).to.have.length.above(1);
      const broken = text.replace(from, () => to);
      const line = broken.slice(0, broken.indexOf(to)).split('\n').length;
      const { accepts, output } = judge(new Map([...files, [file, broken]]));
      expect(output).to.contain(says.replace('LINE', String(line)));
      expect(accepts).to.equal(false);
    });
}

const build = (...sets: string[]): Promise<Files> =>
  buildTarget(singleServer, { files: [], sets: sets.map((text) => ({ kind: 'set', text })) });

describe('single server: nginx -t', () => {
  let folder: string;
  let files: Files;
  let certificates: Certificates;

  before(async function () {
    need(this, 'nginx', 'the Debian package nginx-light');
    folder = mkdtempSync(join(tmpdir(), 'single-server-'));
    certificates = createCertificates();
    const version = /nginx\/([\d.]+)/.exec(run('nginx', ['-v']).output)?.[1] ?? '';
    files = await build(`singleServer.nginx.image.tag=${version}`);
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
    certificates?.remove();
  });

  /** Puts the paths of the server into a folder, and tests there, in a network in which every port is free. */
  function judge(given: Files): Verdict {
    const paths: readonly [string, string][] = [
      ['/etc/auth-system/tls/fullchain.pem', certificates.ours.right.certFile],
      ['/etc/auth-system/tls/privkey.pem', certificates.ours.right.keyFile],
      ['/etc/nginx/', `${folder}/nginx/`],
      ['/etc/auth-system/nginx/', `${folder}/further/`],
      ['/var/log/nginx/', `${folder}/`],
      ['/run/nginx.pid', `${folder}/nginx.pid`],
    ];
    const moved = [...given].map(([name, text]): [string, string] => [
      name,
      paths.reduce((result, [from, to]) => result.replaceAll(from, to), text),
    ]);
    write(folder, new Map(moved));
    return run('unshare', ['--net', 'nginx', '-t', '-q', '-e', 'stderr', '-c', `${folder}/nginx/nginx.conf`]);
  }

  const file = 'nginx/nginx.conf';
  checks(
    () => ({ files, judge }),
    [
      [file, 'ssl_protocols ', 'ssl_protocol ', 'unknown directive "ssl_protocol" in'],
      [
        file,
        'server_tokens off;',
        'server_tokens off',
        'invalid number of arguments in "server_tokens" directive in',
      ],
      [
        file,
        'client_max_body_size 16k;',
        'client_max_body_size 16q;',
        '"client_max_body_size" directive invalid value in',
      ],
      [
        file,
        'limit_req zone=requests burst',
        'limit_req zone=request burst',
        'zero size shared memory zone "request"',
      ],
      [
        file,
        'proxy_pass http://auth_service;',
        'proxy_pass http://auth_services;',
        'host not found in upstream "auth_services" in',
      ],
      [
        file,
        'location / {\n      return 301',
        'location /.well-known/acme-challenge/ {\n      return 301',
        'duplicate location "/.well-known/acme-challenge/" in',
      ],
      [
        file,
        'include /etc/nginx/problems.conf;',
        'include /etc/nginx/problem.conf;',
        '/nginx/problem.conf" failed (2: No such file or directory) in',
      ],
    ],
  );
});

describe('single server: systemd-analyze verify', () => {
  let folder: string;
  let files: Files;

  before(async function () {
    need(this, 'systemd-analyze', 'the Debian package systemd');
    folder = mkdtempSync(join(tmpdir(), 'single-server-'));
    files = await build();
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  /** The programs and the unit of Docker, which this machine may not have, are stand-ins. */
  function judge(given: Files): Verdict {
    const stub = join(folder, 'program');
    writeFileSync(stub, '#!/bin/sh\n');
    chmodSync(stub, 0o755);
    const units = join(folder, 'systemd');
    const moved = [...given]
      .filter(([name]) => name.startsWith('systemd/'))
      .map(([name, text]): [string, string] => [
        name,
        text.replaceAll(/\/usr\/bin\/(docker|certbot)/g, stub),
      ]);
    write(folder, new Map(moved));
    writeFileSync(join(units, 'docker.service'), `[Service]\nExecStart=${stub}\n`);
    const names = moved.map(([name]) => name.slice('systemd/'.length));
    return run(
      'systemd-analyze',
      ['verify', '--recursive-errors=yes', '--man=no', ...names.map((name) => join(units, name))],
      {
        ...process.env,
        SYSTEMD_UNIT_PATH: `${units}:`,
      },
    );
  }

  const service = 'systemd/auth-system.service';
  checks(
    () => ({ files, judge }),
    [
      [
        service,
        'RestartSec=10',
        'RestartSecs=10',
        "auth-system.service:LINE: Unknown key 'RestartSecs' in section [Service]",
      ],
      [
        service,
        'Restart=on-failure',
        'Restart=sometimes',
        'auth-system.service:LINE: Failed to parse service restart specifier, ignoring: sometimes',
      ],
      [service, 'ExecStart=/usr/bin/docker', 'ExecStart=docker/compose', 'auth-system.service:LINE: '],
      [service, 'Requires=docker.service', 'Requires=dockerd.service', 'Unit dockerd.service not found'],
      [
        service,
        'Restart=on-failure',
        'Restart=always',
        'Restart= set to either always or on-success, which isn',
      ],
      [
        'systemd/auth-system-purge.timer',
        'OnCalendar=',
        'OnCalendar=daily at ',
        'auth-system-purge.timer:LINE: Failed to parse calendar specification, ignoring: daily at',
      ],
      [
        'systemd/auth-system-watchdog.timer',
        'OnBootSec=5min\nOnUnitActiveSec=1min\n',
        '# never\n',
        'Timer unit lacks value setting. Refusing.',
      ],
    ],
  );
});

describe('single server: docker compose config', () => {
  let folder: string;
  let files: Files;

  before(async function () {
    need(this, 'docker', 'the Debian package docker-cli');
    if (!run('docker', ['compose', 'version']).accepts) {
      process.stdout.write(
        'skipped, because docker compose is missing: test/deployments/support/install-tools.sh\n',
      );
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'single-server-'));
    files = await build();
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  function judge(given: Files): Verdict {
    write(folder, given);
    return run('docker', ['compose', '--file', join(folder, 'docker-compose.prod.yml'), 'config', '--quiet']);
  }

  const file = 'docker-compose.prod.yml';
  checks(
    () => ({ files, judge }),
    [
      [file, 'read_only: true', 'readonly: true', 'Additional property readonly is not allowed'],
      [file, 'stop_grace_period: 40s', 'stop_grace_period: soon', 'soon'],
      [file, 'condition: service_completed_successfully', 'condition: completed', 'depends_on'],
      [file, '      - db-owner-url\n', '      - db-owners-url\n', 'refers to undefined secret db-owners-url'],
      [file, 'mem_limit: 512m', 'mem_limit: plenty', 'plenty'],
      [
        file,
        '      migrate:\n        condition',
        '      migrations:\n        condition',
        'depends on undefined service "migrations"',
      ],
      [file, 'start_period: 60s', 'start_perod: 60s', 'start_perod'],
    ],
  );
});
