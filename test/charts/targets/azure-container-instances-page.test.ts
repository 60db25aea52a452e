import { expect } from 'chai';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import { blocksOf } from '../../deployments/support/page.ts';
import {
  commandsOf,
  option,
  type Recorded,
  recordCommands,
} from '../../deployments/support/recorded-commands.ts';
import { draw } from './support/drawn.ts';
import { synthesizePage } from './support/page-synth.ts';

const page = 'docs/deploy/azure-container-instances.md';
const programs = ['az', 'docker', 'psql', 'npm', 'openssl', 'curl'];

describe('docs/deploy/azure-container-instances.md', () => {
  let commands: Recorded[];
  let files: FolderContent;
  let template = '';
  before(async () => {
    commands = recordCommands(blocksOf(page), { answer: 'value', programs });
    ({ files } = await draw('azure-container-instances'));
    template = files.get('template.json') ?? '';
  });

  const az = (...words: string[]) => commandsOf(commands, 'az', ...words);
  const valuesOf = (found: readonly Recorded[], name: string): string[] => [
    ...new Set(found.map((one) => option(one, name) ?? '')),
  ];
  /** The names that the template gives to resources of a type, or uses of resources that the page creates. */
  const named = (type: string): string[] => [
    ...new Set(
      [...template.matchAll(new RegExp(`resourceId\\('${type}', ([^)]*)\\)`, 'g'))].map(
        ([, text = '']) => text,
      ),
    ),
  ];

  it('stores each secret that the parameters name, and no other', () => {
    const { parameters } = JSON.parse(files.get('parameters.json') ?? '');
    const references = Object.values<{ reference?: { secretName: string; keyVault: { id: string } } }>(
      parameters,
    );
    const used = references.flatMap(({ reference }) => reference?.secretName ?? []);
    expect(valuesOf(az('keyvault', 'secret', 'set'), 'name')).to.have.members(used);
    const vaults = references.flatMap(({ reference }) => reference?.keyVault.id.split('/').at(-1) ?? []);
    expect(new Set(valuesOf(az('keyvault'), 'vault-name').filter(Boolean))).to.deep.equal(new Set(vaults));
    expect(option(az('keyvault', 'create')[0] as Recorded, 'enabled-for-template-deployment')).to.equal(
      'true',
    );
  });

  it('creates the network, the identities and the workspace that the template uses', () => {
    const [network] = valuesOf(az('network', 'vnet', 'create'), 'name');
    const subnets = valuesOf(az('network', 'vnet', 'subnet', 'create'), 'name');
    const used = named('Microsoft\\.Network/virtualNetworks/subnets');
    expect(used).to.have.members([`'${network}', 'containers'`, `'${network}', 'gateway'`]);
    expect(subnets).to.include.members(['containers', 'gateway']);
    const identities = valuesOf(az('identity', 'create'), 'name').map((name) => `'${name}'`);
    expect(named('Microsoft\\.ManagedIdentity/userAssignedIdentities')).to.have.members(identities);
    const workspaces = valuesOf(az('monitor', 'log-analytics', 'workspace', 'create'), 'workspace-name');
    expect(named('Microsoft\\.OperationalInsights/workspaces')).to.deep.equal(
      workspaces.map((name) => `'${name}'`),
    );
  });

  it('gives the subnet of the gateway the block that the service trusts', () => {
    const [subnet] = az('network', 'vnet', 'subnet', 'create').filter(
      (one) => option(one, 'name') === 'gateway',
    );
    expect(subnet && option(subnet, 'address-prefixes')).to.equal('10.1.1.0/24');
    expect(template).to.contain('"value": "10.1.1.0/24"');
    const [rule] = az('network', 'nsg', 'rule', 'create');
    expect(rule && option(rule, 'source-address-prefixes')).to.equal('10.1.1.0/24');
  });

  it('imports the certificate that the gateway presents', () => {
    const [certificate] = az('keyvault', 'certificate', 'import');
    const [vault, name] = ['vault-name', 'name'].map((one) => certificate && option(certificate, one));
    expect(template).to.contain(`https://${vault}.vault.azure.net/secrets/${name}"`);
  });

  it('names the groups and the gateway as the template does', () => {
    const groups = valuesOf(az('container'), 'name');
    const existing = ['a', 'b'].flatMap((revision) => [
      `auth-service-${revision}-1`,
      `auth-service-${revision}-2`,
    ]);
    for (const name of groups) expect([...existing, 'auth-service-purge']).to.include(name);
    const resources: { name: string }[] = JSON.parse(template).resources;
    const names = resources.map(({ name }) => name);
    expect(names).to.include("[format('auth-service-{0}-1', parameters('revision'))]");
    expect(names).to.include('auth-service-purge');
    for (const name of valuesOf(az('network', 'application-gateway'), 'name')) expect(names).to.include(name);
  });

  it('deploys the files that synth writes, and gives parameters that the template has', () => {
    const deployments = az('deployment', 'group', 'create');
    expect(valuesOf(deployments, 'template-file')).to.deep.equal(['deploy/aci/template.json']);
    const given = deployments.flatMap(({ args }) =>
      args.filter((_arg, at) => args[at - 1] === '--parameters'),
    );
    const { parameters } = JSON.parse(template);
    for (const one of given)
      if (one.includes('=')) expect(parameters).to.have.property(one.split('=')[0] ?? '');
      else expect(one).to.equal('deploy/aci/parameters.json');
    const [shown] = az('deployment', 'group', 'show');
    expect(shown && option(shown, 'query')).to.equal('properties.outputs.address.value');
    expect(JSON.parse(template).outputs).to.have.property('address');
  });

  it('pushes the image that the groups start', () => {
    const [push] = commandsOf(commands, 'docker', 'push');
    expect(template).to.contain(`"image": "${push?.args[1]}"`);
  });

  it('draws its values file in each of its synth commands', async () => {
    const written = await synthesizePage(page, commands);
    const facts = written.map((own) => {
      const text = own.get('template.json') ?? '';
      const groups = [...text.matchAll(/"name": "\[format\('auth-service-\{0\}-(\d)'/g)].map(
        ([, number]) => number,
      );
      const keys = [...text.matchAll(/"(\w+\.pem)":/g)].map(([, name]) => name);
      return [groups.join(''), /auth-service:([\d.]+)"/.exec(text)?.[1], [...new Set(keys)].join()];
    });
    expect(facts).to.deep.equal([
      ['12', '1.0.0', ''],
      ['123', '1.0.0', ''],
      ['12', '1.0.1', ''],
      ['12', '1.0.0', 'next.pem'],
      ['12', '1.0.0', 'retired.pem'],
      ['12', '1.0.0', ''],
    ]);
  });
});
