import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { givenTree, loadValues } from '../../charts-ts/values/load-values.ts';
import { dropNulls, mergeTrees, type Tree } from '../../charts-ts/values/merge.ts';
import { applySet, SetFlagError } from '../../charts-ts/values/set-flag.ts';
import {
  type FlagAnswer,
  flagAnswers,
  type MergeAnswer,
  mergeAnswers,
  textFiles,
  toSortedJson,
} from './support/helm-answers.ts';

function readText(path: string): string {
  const text = textFiles[path];
  if (text === undefined) throw new SetFlagError(`${path}: cannot be read`);
  return text;
}

/** As Helm answers: JSON, or null for a flag that is rejected. */
function answerOf([kind, text]: FlagAnswer): string | null {
  const tree: Tree = {};
  try {
    applySet(tree, kind, text, readText);
  } catch (error) {
    if (error instanceof SetFlagError) return null;
    throw error;
  }
  return toSortedJson(tree);
}

describe('charts: the flags of Helm', () => {
  it('are a table of more than 150 flags of every kind', () => {
    expect(new Set(flagAnswers.map(([kind, text]) => `${kind} ${text}`)).size).to.equal(flagAnswers.length);
    expect(flagAnswers.length).to.be.greaterThan(250);
    const kinds = ['set-json', 'set', 'set-string', 'set-file', 'set-literal'];
    for (const kind of kinds)
      expect(flagAnswers.filter((one) => one[0] === kind).length, kind).to.be.greaterThan(9);
  });

  it('are read as Helm reads them', () => {
    const differences = flagAnswers
      .map((one) => ({ flag: `--${one[0]} ${one[1]}`, helm: one[2], synth: answerOf(one) }))
      .filter(({ helm, synth }) => helm !== synth);
    expect(differences).to.deep.equal([]);
  });

  it('are rejected with the text of the flag', () => {
    for (const [kind, text] of flagAnswers.filter(([, , answer]) => answer === null).slice(0, 20))
      expect(() => applySet({}, kind, text, readText)).to.throw(SetFlagError, `--${kind} ${text}: `);
  });
});

describe('charts: values of Helm', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'merge-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function mergedBySynth({ defaults, files, flags }: MergeAnswer): string | null {
    const paths = files.map((text, index) => {
      const path = join(folder, `${index}.yaml`);
      writeFileSync(path, text);
      return path;
    });
    try {
      const given = givenTree({ files: paths, sets: flags.map(([kind, text]) => ({ kind, text })) });
      return toSortedJson(dropNulls(mergeTrees(parse(defaults), given)));
    } catch (error) {
      if (error instanceof SetFlagError) return null;
      throw error;
    }
  }

  it('are merged from files and flags as Helm merges them', () => {
    const differences = mergeAnswers
      // Helm leaves a null that removes nothing in the values. The schema knows no null.
      .map((one) => ({ one, helm: one.answer && toSortedJson(dropNulls(JSON.parse(one.answer))) }))
      .map(({ helm, one }) => ({ ...one, helm, synth: mergedBySynth(one) }))
      .filter(({ helm, synth }) => helm !== synth);
    expect(differences).to.deep.equal([]);
    expect(mergeAnswers.length).to.be.greaterThan(50);
  });

  it('are refused with their path if a whole number is too large for JavaScript', () => {
    const sets = [
      { kind: 'set', text: 'scheduling.tolerations[0].tolerationSeconds=9007199254740993' } as const,
    ];
    expect(() => loadValues('eks', { files: [], sets })).to.throw(
      'scheduling.tolerations[0].tolerationSeconds: must be at most 9007199254740991, or a text',
    );
  });

  it('reach no prototype, also below a map of a file', () => {
    const file = join(folder, 'prototype.yaml');
    writeFileSync(file, 'podLabels: { team: a }');
    const sets = [{ kind: 'set', text: 'podLabels.__proto__.polluted=1' } as const];
    expect(givenTree({ files: [file], sets })).to.have.property('podLabels');
    expect({}).not.to.have.property('polluted');
    const unknown = [{ kind: 'set', text: '__proto__.polluted=1' } as const];
    expect(() => loadValues('eks', { files: [], sets: unknown })).to.throw('__proto__: is not a known key');
    expect({}).not.to.have.property('polluted');
  });
});
