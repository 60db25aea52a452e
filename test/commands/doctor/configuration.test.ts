import { expect } from 'chai';
import { configurationChecks } from '../../../app/commands/doctor/checks/configuration.ts';
import { corsChecks, hostChecks, proxyChecks } from '../../../app/commands/doctor/checks/http.ts';
import { keyChecks } from '../../../app/commands/doctor/checks/keys.ts';
import { machineChecks } from '../../../app/commands/doctor/checks/machine.ts';
import { type Change, type Production, set } from './support/condition.ts';
import { diagnose, only, supported } from './support/diagnosis.ts';
import { inKeys } from './support/key-conditions.ts';
import { inMachines } from './support/machine-conditions.ts';
import { createProduction } from './support/production.ts';
import { inVariables } from './support/variable-conditions.ts';

/** Checks that connect to nothing. */
const offline = [
  ...[...configurationChecks, ...corsChecks, ...hostChecks, ...proxyChecks, ...keyChecks, ...machineChecks],
  ...only('database-configured', 'database-url', 'redis-configured', 'redis-url', 'redis-url-encrypted'),
];

describe('The doctor without a server', () => {
  let production: Production;
  beforeEach(() => {
    production = createProduction();
  });
  afterEach(() => production.remove());

  const run = ({ set: variables, ...sources }: Change) =>
    diagnose({ ...supported, env: { ...production.env, ...variables }, ...sources }, offline);

  it('finds nothing wrong with a good configuration of production', async () => {
    expect((await run({})).problems).to.deep.equal([]);
  });

  for (const { title, make, problems } of [...inVariables, ...inKeys, ...inMachines]) {
    it(`finds ${title}`, async () => {
      const found = await run(make(production));
      expect(found.problems).to.deep.equal(problems);
      for (const { status, fix } of found.findings.values())
        if (status === 'failed' || status === 'warning') expect(fix).to.match(/\S/);
    });
  }

  it('reports every fault, and goes on after each', async () => {
    const { problems } = await run(set({ ACCESS_TOKEN_TTL: 'x', RATE_LIMIT: 'off', ALLOWED_HOSTS: '' }));
    expect(problems).to.deep.equal([
      'failed configuration-values',
      'failed rate-limits-on',
      'failed allowed-hosts-missing',
    ]);
  });
});
