import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findHelm } from '../charts/support/helm.ts';
import { flagAnswers, mergeAnswers, textFiles } from '../charts/support/helm-answers.ts';

/** With HELM_ANSWERS=write, the answers of this Helm replace those in test/fixtures/helm. */
const isWriting = process.env.HELM_ANSWERS === 'write';

describe('The answers of Helm in test/fixtures/helm', function () {
  this.timeout(300_000);
  const helm = findHelm() ?? '';
  let chart = '';

  before(function () {
    if (!helm) {
      process.stdout.write('skipped, because no helm is known for this machine: set HELM to its path\n');
      this.skip();
    }
    chart = mkdtempSync(join(tmpdir(), 'helm-values-'));
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: a\nversion: 1.0.0\n');
    writeFileSync(join(chart, 'templates', 'values.yaml'), '{{ toRawJson .Values }}\n');
    for (const [name, text] of Object.entries(textFiles)) writeFileSync(join(chart, name), text);
    process.stdout.write(execFileSync(helm, ['version', '--short'], { encoding: 'utf8' }));
  });
  after(() => chart && rmSync(chart, { recursive: true }));

  function answerOf(args: readonly string[], defaults = ''): string | null {
    writeFileSync(join(chart, 'values.yaml'), defaults);
    const { status, stderr, stdout } = spawnSync(helm, ['template', 'a', '.', ...args], {
      cwd: chart,
      encoding: 'utf8',
    });
    if (status === 0) return stdout.slice(stdout.indexOf('{')).trim();
    // Any other failure is one of this test.
    expect(stderr).to.match(/failed parsing --set|cannot unmarshal|flag needs an argument/);
    return null;
  }

  it('are those of this Helm for every flag', () => {
    const fresh = flagAnswers.map(([kind, text]) => [kind, text, answerOf([`--${kind}=${text}`])]);
    if (isWriting) write('flags.jsonl', fresh);
    else expect(fresh).to.deep.equal(flagAnswers);
  });

  it('are those of this Helm for every merge', () => {
    const fresh = mergeAnswers.map(({ defaults, files, flags }) => {
      const paths = files.map((text, index) => {
        writeFileSync(join(chart, `${index}.yaml`), text);
        return `--values=${index}.yaml`;
      });
      const args = [...paths, ...flags.map(([kind, text]) => `--${kind}=${text}`)];
      return { defaults, files, flags, answer: answerOf(args, defaults) };
    });
    if (isWriting) write('merges.jsonl', fresh);
    else expect(fresh).to.deep.equal(mergeAnswers);
  });

  function write(name: string, rows: readonly unknown[]): void {
    writeFileSync(`test/fixtures/helm/${name}`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
});
