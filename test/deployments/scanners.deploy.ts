import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  defaultFindings,
  findingsOfValues,
  type ScannerFinding,
  type ScannerName,
} from '../../charts-ts/gate/scanner-findings.ts';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { clouds } from '../../charts-ts/values/schema-clouds.ts';
import { createCheckov, createKubeScore, type Scanner } from './support/scanners.ts';

const listed = (name: ScannerName, findings: readonly ScannerFinding[]): string[] =>
  [...new Set(findings.flatMap(({ ids }) => ids[name] ?? []))].sort();

/** Values that change the kinds of objects and the hardening of pods, but leave the findings as they are. */
const harmless = [
  'autoscaling.enabled=false',
  'migrations.mode=job',
  'backup.enabled=true,backup.claim=auth-backups',
];

function suite(name: ScannerName, create: (context: Mocha.Context) => Scanner): void {
  describe(`${name} on the output of the charts`, function () {
    this.timeout(900_000);
    let scan: Scanner;
    let folder = '';
    before(function () {
      scan = create(this);
      folder = mkdtempSync(join(tmpdir(), 'scanned-'));
    });
    after(() => folder && rmSync(folder, { recursive: true }));

    async function findingsOf(...args: string[]): Promise<string[]> {
      const out = mkdtempSync(join(folder, 'out-'));
      await runSynth([...args, '--out', join(out, 'manifests')]);
      const files = readdirSync(join(out, 'manifests')).filter((file) => file.endsWith('.yaml'));
      return scan(
        out,
        files.map((file) => join(out, 'manifests', file)),
      );
    }

    for (const cloud of clouds)
      it(`reports of ${cloud} what docs/scanners.md lists, and nothing else`, async () => {
        expect(await findingsOf('--cloud', cloud)).to.deep.equal(listed(name, defaultFindings));
      });

    for (const values of harmless)
      it(`reports no more with ${values}`, async () => {
        expect(await findingsOf('--cloud', 'eks', '--set', values)).to.deep.equal(
          listed(name, defaultFindings),
        );
      });

    for (const finding of findingsOfValues) {
      const more = listed(name, [finding]);
      const { values } = finding;
      if (more.length > 0 && values)
        it(`reports more with ${values}, as listed`, async () => {
          const found = await findingsOf('--cloud', 'eks', '--set', values);
          expect(found).to.deep.equal([...listed(name, defaultFindings), ...more].sort());
        });
    }
  });
}

suite('kube-score', createKubeScore);
suite('Checkov', createCheckov);
