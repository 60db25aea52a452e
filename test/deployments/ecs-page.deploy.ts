import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { type AwsCall, startAwsEndpoint } from './support/aws-endpoint.ts';
import { blocksOf } from './support/page.ts';
import { need } from './support/tools.ts';

const page = 'docs/deploy/ecs.md';
const root = process.cwd();

/** Each `aws` command of the page, also those in `$(…)`, without what it is piped into. */
const commands = blocksOf(page).flatMap(({ text }) =>
  [...text.matchAll(/(?:^|\$\()(aws .*)$/gm)].map(([all = '', command = '']) =>
    all.startsWith('$(') ? command.replace(/\)$/, '') : (command.split(' | ')[0] ?? command),
  ),
);

/** Each command of the project, with the file that the page has the reader write. */
const ours = blocksOf(page).flatMap(({ text }) =>
  [...text.matchAll(/^npm run .*$/gm)].map(([command]) => command),
);

/** What the operations of the page must be told, beside the names that the unit tests compare. */
const expected: Readonly<Record<string, object>> = {
  'ecs.UpdateService': { service: 'auth-service', forceNewDeployment: true },
  'secretsmanager.GetRandomPassword': { ExcludePunctuation: true, PasswordLength: 48 },
  'elasticache.ModifyReplicationGroup': { ApplyImmediately: 'true', AuthToken: 'a-token' },
  'rds.RestoreDBInstanceToPointInTime': { UseLatestRestorableTime: 'true' },
};

describe('the commands of the page of ECS', function () {
  this.timeout(600_000);
  const cleanup = createCleanup();
  const folder = mkdtempSync(join(tmpdir(), 'ecs-page-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  let endpoint: Awaited<ReturnType<typeof startAwsEndpoint>>;
  after(() => cleanup.run());

  const run = (command: string, env: Record<string, string> = {}) =>
    promisify(execFile)('bash', ['-c', command], { cwd: folder, env: { ...process.env, ...env } }).then(
      ({ stdout }) => ({ status: 0, output: stdout }),
      (error) => ({ status: error.code as number, output: `${error.stdout}${error.stderr}` }),
    );

  before(async function () {
    need(this, 'aws', 'the package awscli of PyPI');
    endpoint = await startAwsEndpoint(cleanup);
    const [, yaml = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(page, 'utf8')) ?? [];
    writeFileSync(join(folder, 'mine.yaml'), yaml);
    for (const name of ['keys', 'next']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'backup-key'), 'a key for the test');
  });

  it('of the project run with the values file of the page', async () => {
    expect(ours.length).to.be.greaterThan(5);
    for (const command of ours) {
      // npm runs scripts in the root of the project, so the files of the reader need their whole path.
      const inProject = command.replaceAll(
        /( -f |next=|current=|--out |validate -- )(\S)/g,
        `$1${folder}/$2`,
      );
      const last = await run(`cd ${root} && ${inProject}`);
      expect(last.status, `${command}\n${last.output}`).to.equal(0);
      if (command.includes('--out next'))
        writeFileSync(join(folder, 'current.pem'), readFileSync(join(folder, 'keys/public.pem')));
    }
  });

  for (const command of commands) {
    it(`are accepted by the AWS CLI: ${command}`, async () => {
      const { output, status } = await run(command, {
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_DEFAULT_REGION: 'ap-northeast-2',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_MAX_ATTEMPTS: '1',
        ...{
          BUCKET: 'a-bucket',
          TOKEN: 'a-token',
          HOST: 'redis.example.com',
          REGISTRY: 'registry.example.com',
        },
        NETWORK:
          'awsvpcConfiguration={subnets=[subnet-1,subnet-2],securityGroups=[sg-1],assignPublicIp=DISABLED}',
      });
      // 252 is a command that the CLI does not understand. There is no stack, as after its deletion.
      const isDeleted = command.includes('wait stack-delete-complete');
      expect(status, output).to.be.oneOf(isDeleted ? [0] : [254, 255]);
      expect(output).to.match(isDeleted ? /^$/ : /RefusedByTheTest|does not exist/);
      const calls: AwsCall[] = endpoint.take();
      const last = calls.at(-1);
      expect(last?.operation, output).to.match(/^[a-z-]+\.[A-Z]\w+$/);
      for (const [operation, parameters] of Object.entries(expected))
        if (last?.operation === operation) expect(last.parameters).to.include(parameters);
      const capacity = /--min-capacity (\d+) --max-capacity (\d+)/.exec(command);
      if (capacity)
        expect(last?.parameters).to.include({
          MinCapacity: Number(capacity[1]),
          MaxCapacity: Number(capacity[2]),
        });
      if (command.startsWith('aws cloudformation deploy')) {
        expect(calls.map(({ operation }) => operation)).to.deep.equal([
          'cloudformation.DescribeStacks',
          'cloudformation.CreateChangeSet',
        ]);
        const [, file = ''] = /--template-file (\S+)/.exec(command) ?? [];
        const text = readFileSync(join(folder, file), 'utf8');
        expect(last?.parameters).to.include({
          TemplateBody: text,
          'Capabilities.member.1': 'CAPABILITY_IAM',
        });
      }
    });
  }
});
