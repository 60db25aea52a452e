import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

/** Runs a script of package.json as an operator does. */
function run(script: string, ...args: string[]) {
  const { status, stderr, stdout } = spawnSync('npm', ['run', '--silent', script, '--', ...args], {
    encoding: 'utf8',
  });
  return { status, stderr, stdout };
}

describe('The command lines of synth and validate', function () {
  this.timeout(60_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'command-line-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [script, option] of [
    ['synth', '--secrets-from FILE'],
    ['validate', '--kubernetes VERSION'],
  ] as const)
    for (const flag of ['--help', '-h'])
      it(`${script} ${flag} prints the options and ends with 0`, () => {
        const { status, stderr, stdout } = run(script, flag);
        expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
        expect(stdout)
          .to.match(/^Usage: npm run/)
          .and.to.contain(`\n  ${option} `)
          .and.to.contain('--allow RULE');
      });

  it('refuse an unknown rule with the list, and write nothing', () => {
    const synth = run('synth', '--cloud', 'eks', '--allow', 'volume');
    expect(synth.status).to.equal(1);
    expect(synth.stderr).to.match(/^--allow volume: must be one of image-pinned, /);
    const validate = run('validate', 'k8s-out/eks', '--allow', 'volume');
    expect(validate.status).to.equal(2);
    expect(validate.stderr).to.match(/^--allow volume: must be one of image-pinned, /);
  });

  it('accept what the operator allows, with a warning', () => {
    const flags = [
      '--set',
      'networkPolicy.enabled=false',
      '--allow',
      'labels',
      '--example',
      '--out',
      join(folder, 'out'),
    ];
    const { status, stderr } = run('synth', '--cloud', 'eks', ...flags);
    expect(status, stderr).to.equal(0);
    expect(stderr).to.contain('warning: eks: networkPolicy.enabled is false: ');
    expect(stderr).to.contain('warning: eks: gate.allow: the gate skips labels');
  });
});
