import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { split } from './support/split.ts';

describe('The division of the tests between processes', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'split-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Writes test files of these texts and returns their paths. */
  const write = (texts: readonly string[]): string[] =>
    texts.map((text, index) => {
      const file = join(folder, `${index}.test.ts`);
      writeFileSync(file, text);
      return file;
    });

  it('gives every file to exactly one process, in the given order', () => {
    const [stores, processes, both, other, ...more] = write([
      "onEachStore('title', () => undefined);",
      "import { start } from '../support/process.ts';",
      "import { start } from '../support/process.ts';\nonEachStore('title', () => undefined);",
      "describe('title', () => undefined);",
      "import { initializedDataDir } from './support/data-dir.ts';",
      "onRealStore('title', () => undefined);",
      "import type { Target } from '../../charts-ts/targets/target.ts';",
      "import { program } from '../../app/commands/program.ts';",
      "import { ownDatabase } from '../support/own-database.ts';",
    ]);
    const [dataDir, realStore, charts, commands, database] = more;
    expect(
      split([stores, processes, both, other, dataDir, realStore, charts, commands, database].map(String)),
    ).to.deep.equal([[stores, both], [charts], [processes, dataDir, commands, database], [other, realStore]]);
  });

  it('starts no process without files', () => {
    expect(split(write(['', '']))).to.have.length(1);
  });
});
