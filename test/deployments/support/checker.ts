import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';

export type Files = ReadonlyMap<string, string>;

/** A mistake: file, text, what it is replaced by, and what the program says. LINE is the line of the replacement. */
export type Mistake = readonly [file: string, from: string, to: string, says: string];

/** The output of a program, and whether it accepts the files. */
export interface Verdict {
  readonly accepts: boolean;
  readonly output: string;
}

export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Verdict {
  const { status, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8', env });
  return { accepts: status === 0, output: stdout + stderr };
}

export function write(folder: string, files: Files): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Tests for one program: it accepts what synth writes, and refuses each mistake with its line. */
export function checks(
  describeProgram: () => { files: Files; judge(files: Files): Verdict },
  mistakes: readonly Mistake[],
): void {
  it('accepts what synth writes', () => {
    const { files, judge } = describeProgram();
    const { accepts, output } = judge(files);
    expect(output).to.not.match(/warn|emerg|unknown/i);
    expect(accepts, output).to.equal(true);
  });
  for (const [file, from, to, says] of mistakes)
    it(`refuses ${to.trim().split('\n')[0]} in ${file}`, () => {
      const { files, judge } = describeProgram();
      const text = files.get(file) ?? '';
      expect(text.split(from), `${from} in ${file}`).to.have.length.above(1);
      const broken = text.replace(from, () => to);
      const line = broken.slice(0, broken.indexOf(to)).split('\n').length;
      const { accepts, output } = judge(new Map([...files, [file, broken]]));
      expect(output).to.contain(says.replace('LINE', String(line)));
      expect(accepts).to.equal(false);
    });
}
