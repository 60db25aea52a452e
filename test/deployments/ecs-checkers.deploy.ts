import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FolderContent } from '../../charts-ts/output/output-folder.ts';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { buildTarget } from '../../charts-ts/targets/build-target.ts';
import { accepted, nagFindings } from '../../charts-ts/targets/ecs/checks/nag.ts';
import { type Template, templateIn, templatesIn } from '../../charts-ts/targets/ecs/checks/template.ts';
import { toolkitFindings } from '../../charts-ts/targets/ecs/checks/toolkit.ts';
import { ecs } from '../../charts-ts/targets/ecs/ecs.ts';
import { targetsWithSlowRules } from '../../charts-ts/targets/pipeline/build.ts';
import { loadTarget, targetNames } from '../../charts-ts/targets/targets.ts';
import { setKinds } from '../../charts-ts/values/set-flag.ts';
import { draw, replaced } from '../charts/targets/support/drawn.ts';
import { nagged, refusedByToolkit } from './support/ecs-broken.ts';
import { edit } from './support/project.ts';

const name = 'auth-service.template.json';

// Compiling the rules of AWS takes longer than a unit test may, so this is not in the ordinary suite.
describe('the checkers of ECS', function () {
  this.timeout(120_000);
  let files: FolderContent;
  before(async () => {
    ({ files } = await draw('ecs'));
  });

  const changed = (from: string, to: string): Template => templateIn(replaced(files, name, from, to));

  it('find nothing in the templates of the values', () => {
    for (const template of templatesIn(files)) {
      expect([...toolkitFindings(template)]).to.deep.equal([]);
      expect([...nagFindings(template)]).to.deep.equal([]);
    }
  });

  for (const { from, lines, title, to } of refusedByToolkit) {
    it(`of the toolkit refuse ${title}`, () => {
      expect([...toolkitFindings(changed(from, to))]).to.deep.equal(lines);
    });
  }

  for (const { from, lines, title, to } of nagged) {
    it(`of cdk-nag refuse ${title}`, () => {
      expect([...nagFindings(changed(from, to))]).to.deep.equal(lines);
    });
  }

  it('accept nothing of cdk-nag that it does not find, and give a reason for each', () => {
    for (const { onlyWith, reason, resources, rule } of accepted) {
      if (onlyWith) continue;
      const without = accepted.filter((one) => one.rule !== rule);
      const found = templatesIn(files).flatMap((template) => [...nagFindings(template, without)]);
      expect(found, rule).not.to.deep.equal([]);
      expect(
        found.filter((line) => !resources.test(line.split(': ')[1] ?? '')),
        rule,
      ).to.deep.equal([]);
      expect(reason.length, rule).to.be.greaterThan(30);
    }
  });

  describe('are divided between two commands', () => {
    let folder: string;
    const lines: string[] = [];
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ecs-rules-'));
      await runSynth(['--target', 'ecs', '--out', join(folder, 'out')], undefined, (line) =>
        lines.push(line),
      );
    });
    after(() => rmSync(folder, { recursive: true }));

    it('of which synth names the second', () => {
      expect(lines).to.deep.equal([
        `ecs: further rules are checked by npm run validate -- ${join(folder, 'out')} --target ecs`,
      ]);
    });

    const validate = () =>
      spawnSync('npm', ['run', '--silent', 'validate', '--', join(folder, 'out'), '--target', 'ecs'], {
        encoding: 'utf8',
      });

    it('of which validate asks all rules', () => {
      const accepted = validate();
      expect(accepted.stderr + accepted.stdout).to.equal('3 files, 0 findings\n');
      expect(accepted.status).to.equal(0);
      for (const [from, to] of [
        ['"MultiAZ": false', '"MultiAz": false'],
        ['"StorageEncrypted": true', '"StorageEncrypted": false'],
      ] as const)
        edit(join(folder, 'out', name), from, to);
      const { status, stderr } = validate();
      expect(status).to.equal(1);
      expect(stderr).to.match(/\[toolkit-F3002\]$/m);
      expect(stderr).to.match(/\[nag-RDS2\]$/m);
    });
  });

  it('of the pipelines run for each target that has slow ones', async () => {
    const loaded = await Promise.all(targetNames.map(loadTarget));
    const slow = loaded.filter(({ slowFindings }) => slowFindings).map((target) => target.name);
    expect(targetsWithSlowRules).to.deep.equal(slow);
  });

  it('see the same bytes each time', async () => {
    expect((await draw('ecs')).files.get(name)).to.equal(files.get(name));
  });

  for (const sets of [
    ['jwt.algorithm=HS256,jwt.previousSecret=true'],
    ['ecs.scheme=internal,ecs.natGateways=2,ecs.redis.nodes=3'],
    ['ecs.database.multiAz=true,ecs.database.instanceClass=db.t4g.micro,ecs.passwordGeneration=2'],
    ['ecs.accessLogsBucket=logs-of-the-load-balancer,ecs.alarmEmail=ops@example.com'],
    ['ecs.wafAclArn=arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/a/b'],
    ['purge.enabled=false,ecs.metricsCidrs[0]=10.1.0.0/16'],
    ['image.repository=ghcr.io/example/auth-service'],
    ['ecs.deletionProtection=false'],
    ['extraConfig.PASSWORD_BREACH_URL=https://api.pwnedpasswords.com/range'],
  ]) {
    it(`find nothing with ${sets}`, async () => {
      const [kind] = setKinds.filter((one) => one === 'set');
      const source = { files: [], sets: sets.map((text) => ({ kind: kind ?? 'set', text })) };
      const drawn = await buildTarget(ecs, source);
      expect(drawn.get(name)).to.not.equal(files.get(name));
      expect([...toolkitFindings(templateIn(drawn))]).to.deep.equal([]);
    });
  }
});
