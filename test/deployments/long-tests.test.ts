import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { byLength, longTests } from './support/long-tests.ts';

const all = readdirSync('test/deployments').filter((name) => name.endsWith('.deploy.ts'));

describe('The long tests of deployments', () => {
  it('are files of the folder', () => {
    expect(all).to.include.members([...longTests]);
  });

  it('are exactly those that npm run test:deployments leaves out', () => {
    const { long, short } = byLength(all);
    expect([...long, ...short].toSorted()).to.deep.equal(all.toSorted());
    expect(long.toSorted()).to.deep.equal(longTests.toSorted());
    expect(short).to.not.be.empty;
  });

  it('have a script of their own, which CONTRIBUTING.md names', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(scripts['test:deployments:long']).to.equal(`${scripts['test:deployments']} --long`);
    expect(readFileSync('CONTRIBUTING.md', 'utf8')).to.contain('npm run test:deployments:long ');
  });
});
