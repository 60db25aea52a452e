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
    const [store, chart, other, secondStore, secondChart, ...others] = write([
      "onEachStore('title', () => undefined);",
      "import type { Target } from '../../charts-ts/targets/target.ts';",
      "describe('title', () => undefined);",
      "import { values } from '../../charts-ts/values/values.ts';\nonEachStore('title', () => undefined);",
      "import { namesOf } from '../../charts-ts/names.ts';",
      "onRealStore('title', () => undefined);",
      "import { start } from '../support/process.ts';",
      "import { program } from '../../app/commands/program.ts';",
    ]);
    const [realStore, process, command] = others;
    const files = [store, chart, other, secondStore, secondChart, realStore, process, command];
    expect(split(files.map(String))).to.deep.equal([
      [store],
      [secondStore],
      [chart],
      [secondChart],
      [other, command],
      [realStore],
      [process],
    ]);
  });

  it('starts no process without files', () => {
    expect(split(write(['', '']))).to.have.length(2);
  });
});
