import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { targetNames } from '../../charts-ts/targets/targets.ts';
import { clouds } from '../../charts-ts/values/schema-clouds.ts';

/** Targets that start no process of the service themselves. */
const withoutProcesses = ['kong', 'github-actions', 'gitlab-ci'];

const targets = [...clouds, ...targetNames];
const drawing = targets.filter((name) => !withoutProcesses.includes(name));

interface Drawn {
  readonly target: string;
  readonly error: string | null;
  readonly hasVariable: boolean;
}

function drawAll(...args: string[]): Drawn[] {
  const script = 'test/deployments/support/made-up-variable.cjs';
  const env = { ...process.env, TARGETS: drawing.join(',') };
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
  expect(stderr).to.equal('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('a made-up variable that production requires', function () {
  this.timeout(120_000);

  it('is missed by the build of every target, which names the target', () => {
    const drawn = drawAll();
    expect(drawn.map(({ target }) => target)).to.deep.equal(drawing);
    for (const { error, target } of drawn) {
      expect(error, target).to.match(/MADE_UP.*is required in production/);
      expect(error, target).to.contain(target);
    }
  });

  it('reaches every target', () => {
    const expected = drawing.map((target) => ({ target, error: null, hasVariable: true }));
    expect(drawAll('--set', 'extraConfig.MADE_UP=here')).to.deep.equal(expected);
  });
});
