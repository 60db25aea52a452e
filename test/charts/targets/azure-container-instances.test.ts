import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import { buildTarget } from '../../../charts-ts/targets/build-target.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { entryPoint } from '../../../charts-ts/workload/process.ts';
import { malformedGroups, malformedTemplates } from './support/azure-malformed.ts';
import { unwise } from './support/azure-unwise.ts';
import { draw } from './support/drawn.ts';

const name = 'azure-container-instances';
const [pem = ''] = rootCertificates;

// biome-ignore lint/suspicious/noExplicitAny: a test reaches into objects of every kind, and a wrong path fails the test.
type Loose = any;

describe('charts: Azure Container Instances', () => {
  let target: Target;
  let files: FolderContent;
  before(async () => {
    ({ target, files } = await draw(name));
  });

  const parsed = (file: string, content = files): Loose => JSON.parse(content.get(file) ?? '');
  const groups = (content = files): Loose[] =>
    parsed('template.json', content).resources.filter(
      ({ type }: Loose) => type === 'Microsoft.ContainerInstance/containerGroups',
    );
  const variables = (container: Loose): Record<string, string | undefined> =>
    Object.fromEntries(
      container.properties.environmentVariables.map((one: Loose) => [one.name, one.value ?? one.secureValue]),
    );
  const findings = (content: FolderContent): string[] => [...(target.findings(content) as Iterable<string>)];

  it('has groups in zones of their own, a gateway and a purge, and no fault', () => {
    expect(groups().map(({ name: own, zones }) => [own, zones])).to.deep.equal([
      ["[format('auth-service-{0}-1', parameters('revision'))]", ['1']],
      ["[format('auth-service-{0}-2', parameters('revision'))]", ['2']],
      ['auth-service-purge', undefined],
    ]);
    expect(findings(files)).to.deep.equal([]);
    expect([...target.containers(files)].map(({ command }) => command)).to.deep.equal([
      'migrate',
      'serve',
      'migrate',
      'serve',
      'purge',
    ]);
  });

  it('has the size of the guide', () => {
    expect(groups()[0].properties.containers[0].properties.resources).to.deep.equal({
      requests: { cpu: 2, memoryInGB: 4 },
    });
  });

  it('takes every secret from the Key Vault, and writes none', () => {
    const { parameters } = parsed('parameters.json');
    const names = Object.values<Loose>(parameters).flatMap(({ reference }) => reference?.secretName ?? []);
    expect(names).to.have.members([
      'db-url',
      'db-owner-url',
      'redis-url',
      'jwt-private-key',
      'jwt-public-key',
    ]);
    const types = Object.entries<Loose>(parsed('template.json').parameters).map(([key, { type }]) => [
      key,
      type,
    ]);
    expect(Object.fromEntries(types)).to.deep.equal({
      revision: 'string',
      dbUrl: 'securestring',
      dbOwnerUrl: 'securestring',
      redisUrl: 'securestring',
      jwtPrivateKey: 'securestring',
      jwtPublicKey: 'securestring',
    });
  });

  it('shows the migration and the purge the database only', () => {
    const [group, , purge] = groups();
    expect(Object.keys(variables(group.properties.initContainers[0]))).to.have.members([
      'ENV',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'DB_PRIMARY_DB_URL',
      'DB_MIGRATION_URL',
    ]);
    expect(Object.keys(variables(purge.properties.containers[0]))).to.have.members([
      'ENV',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'DB_PRIMARY_DB_URL',
      'DB_POOL_MAX',
      'DB_PREPARE',
    ]);
    expect(variables(group.properties.containers[0])).not.to.have.property('DB_MIGRATION_URL');
  });

  it('starts the commands with the entry point of the image', () => {
    const [, json = ''] = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(JSON.parse(json)).to.deep.equal(entryPoint);
    const [group] = groups();
    const [init] = group.properties.initContainers;
    expect(init.properties.command).to.deep.equal([...JSON.parse(json), 'migrate']);
  });

  it('escapes a text that Azure would take for an expression, and reads it back', async () => {
    const drawn = await draw(name, 'corsOrigins={https://app.example.com}');
    const [group] = groups(drawn.files);
    expect(variables(group.properties.containers[0]).CORS_ALLOWED_ORIGINS).to.equal(
      '[["https://app.example.com"]',
    );
    const container = [...drawn.target.containers(drawn.files)].find(({ command }) => command === 'serve');
    expect(container?.env.CORS_ALLOWED_ORIGINS).to.equal('["https://app.example.com"]');
    expect(findings(drawn.files)).to.deep.equal([]);
  });

  it('mounts further public keys, and reads them back as the service would', async () => {
    const drawn = await draw(name, `jwt.publicKeys.next=${pem}`);
    const container = [...drawn.target.containers(drawn.files)].find(({ command }) => command === 'serve');
    expect([...(container?.mounts ?? [])]).to.deep.equal([['/etc/auth/public-keys/next.pem', pem]]);
    expect(container?.env.JWT_PUBLIC_KEYS_DIR).to.equal('/etc/auth/public-keys');
  });

  it('starts the purge at the time of the values', async () => {
    const recurrence = (content = files) =>
      parsed('template.json', content).resources[6].properties.definition.triggers.daily.recurrence;
    expect(recurrence().schedule).to.deep.equal({ hours: [3], minutes: [17] });
    const drawn = await draw(name, 'purge.schedule=5 22 * * *');
    expect(recurrence(drawn.files).schedule).to.deep.equal({ hours: [22], minutes: [5] });
  });

  for (const [set, line] of [
    [
      'autoscaling.maxReplicas=5',
      /^autoscaling\.maxReplicas: must equal minReplicas, because Container Instances/,
    ],
    ['database.maxConnections=39', /^database\.maxConnections: must be at least 40,/],
    ['image.repository=docker.io/auth-service', /^image\.repository: must be in an Azure Container Registry/],
    ['purge.schedule=*/5 * * * *', /^purge\.schedule: must be MINUTE HOUR \* \* \*,/],
    ['azure.gateway.minCapacity=9', /^azure\.gateway\.maxCapacity: must not be less than minCapacity$/],
    ['azure.network.gatewaySubnetCidr=10.1.1.0', /^azure\.network\.gatewaySubnetCidr: must be a CIDR block/],
  ] as const) {
    it(`refuses the value ${set}`, async () => {
      const error = await draw(name, set).then(
        () => null,
        ({ message }: Error) => message,
      );
      expect(error).to.match(line);
    });
  }

  it('parses the environment as the service does, and names the target', async () => {
    const text = 'resources.limits.memory=512Mi,extraConfig.ARGON2_MEMORY_KIB=400000';
    const error = await buildTarget(target, { files: [], sets: [{ kind: 'set', text }] }).then(
      () => null,
      ({ message }: Error) => message.split('\n')[0],
    );
    expect(error).to.equal(
      `${name}: template.json: container auth-service-REVISION-1: HASH_CONCURRENCY times ARGON2_MEMORY_KIB must fit into half of the memory limit [environment]`,
    );
  });

  for (const [title, change, ...lines] of [...malformedGroups, ...malformedTemplates, ...unwise]) {
    it(`refuses ${title}`, () => {
      const [template, parameters] = [parsed('template.json'), parsed('parameters.json')];
      change(template, parameters);
      const content = new Map([
        ['template.json', JSON.stringify(template)],
        ['parameters.json', JSON.stringify(parameters)],
      ]);
      expect(findings(content)).to.deep.equal(lines);
    });
  }

  it('refuses a folder without parameters, and a file that is no JSON', () => {
    const without = new Map([...files].filter(([file]) => file !== 'parameters.json'));
    expect(findings(without)).to.deep.equal(['parameters.json: is missing [file]']);
    expect(findings(new Map([...files, ['template.json', '{']]))).to.deep.equal([
      'template.json: is not JSON [json]',
    ]);
  });
});
