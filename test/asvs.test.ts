import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Chapter, type Row, readBreaks, readChapters } from '../tools/docs/asvs.ts';

/** `docs/security.md#input-validation` → whether it has such a heading. */
function hasSection(file: string, anchor: string): boolean {
  const headings = readFileSync(file, 'utf8').match(/^#+ .*$/gm) ?? [];
  const anchors = headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchors.includes(anchor);
}

const sources = new Map<string, string>();

function sourceOf(file: string): string {
  const known = sources.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
  sources.set(file, known);
  return known;
}

/** The titles of the tests in a source, as they are written there. */
function titlesIn(source: string): string[] {
  const calls = source.matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/gs);
  return [...calls].map(([, , title = '']) => title.replaceAll(/\\(.)/g, '$1'));
}

/** `test/features/accounts/accounts.test.ts › title`, with the titles of suites in between where that helps the reader. */
function namesTest(reference: string): boolean {
  const [file = '', ...titles] = reference.split(' › ');
  return titlesIn(sourceOf(file)).includes(titles.at(-1) ?? '');
}

interface Requirement {
  readonly id: string;
  readonly level: number;
}

function missingIn(rows: readonly Row[], requirements: readonly Requirement[]): string[] {
  return requirements
    .filter(({ id, level }) => level < 3 && !rows.some((row) => row.id === id))
    .map(({ id }) => `${id} is missing`);
}

function faultsOfRow(row: Row, chapter: number, requirements: readonly Requirement[]): string[] {
  const { id, level, state, tests, why = '' } = row;
  const isKnown = requirements.some((each) => each.id === id && each.level === level);
  const checks: [isFault: boolean, fault: string][] = [
    [!isKnown, `${id} is no requirement of level ${level}`],
    [!id.startsWith(`${chapter}.`), `${id} is in chapter ${chapter}`],
    [state === 'met' && tests.length === 0, `${id} names no test`],
    [state !== 'met' && why.length < 15, `${id} gives no reason`],
    [/[|\n]/.test([row.requirement, why, ...tests].join('')), `${id} breaks the table`],
  ];
  const unknown = tests.filter((test) => !namesTest(test)).map((test) => `${id}: no test ${test}`);
  return [...checks.filter(([isFault]) => isFault).map(([, fault]) => fault), ...unknown];
}

function faultsOf(chapters: readonly Chapter[], requirements: readonly Requirement[]): string[] {
  const rows = chapters.flatMap((each) => each.rows);
  const isRepeated = ({ id }: Row, at: number) => rows.findIndex((row) => row.id === id) !== at;
  return [
    ...missingIn(rows, requirements),
    ...rows.filter(isRepeated).map(({ id }) => `${id} is here twice`),
    ...chapters.flatMap((each) => each.rows.flatMap((row) => faultsOfRow(row, each.chapter, requirements))),
  ];
}

/** Every requirement of the standard with its level. */
const standard = readFileSync('test/fixtures/asvs-ids.txt', 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [id = '', level = ''] = line.split(' L');
    return { id, level: Number(level) };
  });

describe('The table of ASVS', () => {
  const chapters = readChapters();

  it('is checked against all 345 requirements of the seventeen chapters', () => {
    expect(standard).to.have.lengthOf(345);
    expect(new Set(standard.map(({ id }) => id.split('.')[0]))).to.have.property('size', 17);
    expect(standard.filter(({ level }) => level < 3)).to.have.lengthOf(253);
    expect(chapters.map(({ chapter }) => chapter)).to.deep.equal(
      Array.from({ length: 17 }, (_, at) => at + 1),
    );
  });

  it('has one row for every requirement of levels 1 and 2, and names a test that exists for each that is met', () => {
    expect(faultsOf(chapters, standard)).to.deep.equal([]);
  });

  it('refers only to sections and files that exist', () => {
    const texts = [readFileSync('docs/asvs.md', 'utf8'), readFileSync('docs/security.md', 'utf8')].join('\n');
    const links = [...texts.matchAll(/\]\((?!https:)([^)#]+)(?:#([^)]+))?\)/g)];
    expect(links).to.have.length.above(10);
    for (const [link, file = '', anchor] of links) {
      expect(existsSync(`docs/${file}`), link).to.equal(true);
      if (anchor) expect(hasSection(`docs/${file}`, anchor), link).to.equal(true);
    }
  });

  it('names the control to break, and a test that must fail then, for forty rows that are met', () => {
    const rows = chapters.flatMap((each) => each.rows);
    const breaks = readBreaks();
    expect(new Set(breaks.map(({ requirement }) => requirement)))
      .to.have.property('size')
      .that.is.at.least(40);
    for (const { requirement, test } of breaks) {
      const row = rows.find(({ id }) => id === requirement);
      expect([requirement, row?.state, row?.tests.includes(test)]).to.deep.equal([requirement, 'met', true]);
    }
  });

  it('accepts the one risk of level 3 that registration takes', () => {
    const rows = chapters.flatMap((each) => each.rows);
    expect(rows.find(({ id }) => id === '6.3.8')).to.include({ level: 3, state: 'accepted risk' });
  });
});

describe('The check of the table of ASVS', () => {
  const required = [
    { id: '1.1.1', level: 1 },
    { id: '1.1.3', level: 3 },
  ];
  const test = 'test/asvs.test.ts › refers only to sections and files that exist';
  const row = (fields: Partial<Row> = {}): Row => ({
    id: '1.1.1',
    level: 1,
    requirement: 'a requirement',
    state: 'met',
    tests: [test],
    ...fields,
  });
  const check = (...rows: Row[]) => faultsOf([{ chapter: 1, title: 'One', rows }], required);

  it('is content with a test that exists, and with a reason', () => {
    expect(check(row())).to.deep.equal([]);
    expect(check(row({ state: 'open', tests: [], why: 'some day or other' }))).to.deep.equal([]);
    expect(check(row(), row({ id: '1.1.3', level: 3 }))).to.deep.equal([]);
  });

  it('finds what is missing, unknown, doubled, misplaced, or breaks the page', () => {
    expect(check()).to.deep.equal(['1.1.1 is missing']);
    expect(check(row(), row({ id: '1.1.2' }))).to.deep.equal(['1.1.2 is no requirement of level 1']);
    expect(check(row({ level: 2 }))).to.deep.equal(['1.1.1 is no requirement of level 2']);
    expect(check(row(), row())).to.deep.equal(['1.1.1 is here twice']);
    expect(faultsOf([{ chapter: 2, title: 'Two', rows: [row()] }], required)).to.deep.equal([
      '1.1.1 is in chapter 2',
    ]);
    expect(check(row({ why: 'a | b' }))).to.deep.equal(['1.1.1 breaks the table']);
  });

  it('finds a row that is met without a test, or with one that is not there, and another without a reason', () => {
    expect(check(row({ tests: [] }))).to.deep.equal(['1.1.1 names no test']);
    for (const missing of ['test/asvs.test.ts › dreams', 'test/none.test.ts › dreams']) {
      expect(check(row({ tests: [missing] }))).to.deep.equal([`1.1.1: no test ${missing}`]);
    }
    for (const state of ['open', 'partly met', 'accepted risk', 'not applicable'] as const) {
      expect(check(row({ state, why: 'soon' }))).to.deep.equal(['1.1.1 gives no reason']);
    }
  });
});
