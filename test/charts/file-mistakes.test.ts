import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { messageOf } from './support/message-of.ts';

describe('charts: of the files of an operator', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('two YAML documents in one file give one line', async () => {
    const file = join(folder, 'two.yaml');
    writeFileSync(file, 'logLevel: info\n---\nlogLevel: warn\n');
    const run = runSynth(['--cloud', 'eks', '-f', file, '--out', join(folder, 'out')]);
    expect(await messageOf(run)).to.equal(
      `${file}: must be one YAML document: write each into a file, with an -f of its own`,
    );
  });

  it('a folder with foreign files is not replaced', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'precious');
    expect(await messageOf(runSynth(['--cloud', 'eks', '--out', folder]))).to.contain(
      'must be empty or an earlier output of synth, because synth replaces the whole folder',
    );
    expect(readdirSync(folder)).to.eql(['mine.txt']);
  });

  it('a file that is missing or is no YAML gives one line', async () => {
    const missing = join(folder, 'missing.yaml');
    const unreadable = await messageOf(runSynth(['--cloud', 'eks', '-f', missing]));
    expect(unreadable).to.equal(`${missing}: cannot be read`);
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'a: [1');
    expect(await messageOf(runSynth(['--cloud', 'eks', '-f', broken]))).to.match(/broken\.yaml: .*[^\n]$/);
    expect(await messageOf(runSynth(['--cloud', 'eks', '--set-json', 'a={']))).to.equal(
      '--set-json a={: is not JSON',
    );
  });
});
