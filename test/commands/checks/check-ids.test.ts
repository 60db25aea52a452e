import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { checkTables } from '../../../tools/docs/checks.ts';
import { anchorsOf } from '../../support/markdown.ts';

/** Every id that a check has ever had. Add the ids of new checks; remove none, because scripts and pages name them. */
const recorded = readFileSync('test/commands/checks/check-ids.txt', 'utf8').trim().split('\n');

describe('The ids of checks', () => {
  const checks = checkTables.flatMap((table) => table.checks);
  const ids = checks.map(({ id }) => id);

  it('are recorded, and none has disappeared', () => {
    expect([...ids].sort()).to.deep.equal(recorded);
  });

  it('are lower-case words with hyphens, each of one check', () => {
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids.filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))).to.deep.equal([]);
  });

  it('are anchors in docs/checks.md', () => {
    expect(anchorsOf(readFileSync('docs/checks.md', 'utf8'))).to.include.members(ids);
  });

  it('lead only to checks of the same command, which run before', () => {
    for (const { checks: table } of checkTables) {
      const order = table.map(({ id }) => id);
      for (const { id, needs = [] } of table)
        for (const need of needs)
          expect(order.slice(0, order.indexOf(id)), `${id} needs ${need}`).to.include(need);
    }
  });

  it('come with a title without a full stop, and with documentation', () => {
    expect(checks.filter(({ title }) => /\.$/.test(title)).map(({ id }) => id)).to.deep.equal([]);
    expect(checks.filter(({ documentation }) => documentation.length < 80).map(({ id }) => id)).to.deep.equal(
      [],
    );
  });
});
