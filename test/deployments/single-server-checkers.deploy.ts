import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTarget } from '../../charts-ts/targets/build-target.ts';
import { singleServer } from '../../charts-ts/targets/single-server/single-server.ts';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { checks, type Files, run, type Verdict, write } from './support/checker.ts';
import { need } from './support/tools.ts';

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
