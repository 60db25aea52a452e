import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FolderContent } from '../../charts-ts/output/output-folder.ts';
import { draw, replaced } from '../charts/targets/support/drawn.ts';
import { need } from './support/tools.ts';

const file = 'docker-compose.yml';

/** The good file with one change, and what Compose says. */
const broken: readonly (readonly [title: string, from: string, to: string, line: string])[] = [
  [
    'a misspelt key',
    'image: redis',
    'imge: redis',
    'services.auth-redis Additional property imge is not allowed',
  ],
  ['a time in words', 'stop_grace_period: 30s', 'stop_grace_period: soon', 'invalid duration "soon"'],
  [
    'an unknown dependency',
    '      auth-redis:\n        cond',
    '      redis:\n        cond',
    'service "auth-service" depends on undefined service "redis"',
  ],
  [
    'an unknown volume',
    'source: db-data',
    'source: database',
    'service "auth-db" refers to undefined volume database',
  ],
  ['a port in words', '127.0.0.1:5432:5432', '127.0.0.1:5432:sql', 'Invalid containerPort: sql'],
  [
    'a list as a variable',
    'PORT: "8000"',
    'PORT: [8000]',
    'services.auth-service.environment.PORT must be a string',
  ],
  [
    'an open brace',
    `\${LOG_LEVEL:-debug}`,
    `\${LOG_LEVEL`,
    'invalid interpolation format for services.auth-service.environment.LOG_LEVEL',
  ],
  ['a memory limit in words', 'mem_limit: "1073741824"', 'mem_limit: much', `invalid size: 'much'`],
  [
    'a profile that is no list',
    'profiles:\n      - console',
    'profiles: console',
    'services.auth-admin.profiles must be a list',
  ],
  ['a .env that must exist', 'required: false', 'required: true', '.env not found'],
];

describe('docker compose config', function () {
  this.timeout(30_000);
  let files: FolderContent;
  let folder: string;
  before(async function () {
    need(this, 'docker', 'the Debian package docker.io');
    if (spawnSync('docker', ['compose', 'version']).status !== 0) {
      process.stdout.write(
        'skipped, because docker compose is missing: test/deployments/support/install-tools.sh\n',
      );
      this.skip();
    }
    ({ files } = await draw('compose'));
    folder = mkdtempSync(join(tmpdir(), 'compose-config-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  function config(text: string | undefined, ...args: string[]) {
    writeFileSync(join(folder, file), text ?? '');
    // Without Docker: this command only reads the file.
    return spawnSync('docker', ['compose', '--profile', '*', 'config', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  }

  it('accepts the generated file without .env, and with a copy of .env.example', () => {
    expect(config(files.get(file), '--quiet')).to.include({ stderr: '', status: 0 });
    copyFileSync('.env.example', join(folder, '.env'));
    const { status, stderr, stdout } = config(files.get(file));
    rmSync(join(folder, '.env'));
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    expect(stdout)
      .to.contain(`CORS_ALLOWED_ORIGINS: '["http://localhost:5173"]'`)
      .and.to.contain('LOG_LEVEL: debug');
  });

  for (const [title, from, to, line] of broken) {
    it(`refuses ${title}`, () => {
      const { status, stderr } = config(replaced(files, file, from, to).get(file), '--quiet');
      expect(status).not.to.equal(0);
      expect(stderr).to.contain(line);
    });
  }
});
