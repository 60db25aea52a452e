import { expect } from 'chai';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { valuesOf } from './support/synthesized.ts';

describe('charts: the injector of Vault', () => {
  const inject = String.raw`vault\.hashicorp\.com/agent-inject=true`;
  const file = 'secrets.keys.db-url.path=/vault/secrets/db-url';
  const initFirst = String.raw`podAnnotations.vault\.hashicorp\.com/agent-init-first=true`;
  const only = String.raw`jobs.podAnnotations.vault\.hashicorp\.com/agent-pre-populate-only=true`;
  const warnings = (...sets: string[]) => warningsOf(valuesOf('eks', ...sets));

  it('must run before the migration in the pods of the API', () => {
    const [warning, ...others] = warnings(`podAnnotations.${inject}`, file);
    expect(warning).to.contain('podAnnotations: has no vault.hashicorp.com/agent-init-first: "true"');
    expect(others).to.eql([]);
    expect(warnings(`podAnnotations.${inject}`, file, initFirst)).to.eql([]);
    expect(warnings(`podAnnotations.${inject}`, file, 'migrations.mode=job')).to.eql([]);
  });

  it('must not keep running in a Job', () => {
    const [warning] = warnings(`jobs.podAnnotations.${inject}`);
    expect(warning).to.contain(
      'jobs.podAnnotations: has no vault.hashicorp.com/agent-pre-populate-only: "true"',
    );
    expect(warnings(`jobs.podAnnotations.${inject}`, only)).to.eql([]);
  });
});
