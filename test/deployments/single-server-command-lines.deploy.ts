import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildTarget } from '../../charts-ts/targets/build-target.ts';
import { singleServer } from '../../charts-ts/targets/single-server/single-server.ts';
import { checks, type Files, run, type Verdict, write } from './support/checker.ts';
import { openPage } from './support/page-reader.ts';
import { need } from './support/tools.ts';

const build = (): Promise<Files> => buildTarget(singleServer, { files: [], sets: [] });

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

describe('single server: the parser of aws', () => {
  before(function () {
    need(this, 'aws', 'the package awscli of PyPI');
  });

  const env = { ...process.env, AWS_DEFAULT_REGION: 'ap-northeast-2', AWS_EC2_METADATA_DISABLED: 'true' };
  const [text = ''] = openPage('docs/deploy/single-server.md').commands('Before you begin');
  /** `--generate-cli-skeleton output` checks a command, and sends nothing. */
  const judge = (command: string) => run('bash', ['-c', `${command} --generate-cli-skeleton output`], env);
  const commands = text.replaceAll('\\\n', ' ').trim().split('\n');

  for (const command of commands)
    it(`accepts ${command.split(' ').slice(0, 3).join(' ')}`, () => {
      const { accepts, output } = judge(command);
      expect(accepts, output).to.equal(true);
    });

  for (const [from, to, says] of [
    ['--instance-type', '--instance-kind', 'Unknown options: --instance-kind'],
    ['HttpTokens', 'HttpToken', 'Unknown parameter in MetadataOptions: "HttpToken"'],
    ['VolumeSize=20', 'VolumeSize=twenty', 'twenty'],
    ['VolumeType', 'VolumeKind', 'Unknown parameter in BlockDeviceMappings[0].Ebs: "VolumeKind"'],
    ['run-instances', 'start-instance', 'Invalid choice'],
  ] as const)
    it(`refuses ${to}`, () => {
      const { accepts, output } = judge((commands[0] ?? '').replace(from, to));
      expect(output).to.contain(says);
      expect(accepts).to.equal(false);
    });
});
