import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

interface Row {
  readonly id: string;
  readonly level: string;
  readonly status: string;
  /** References to tests and documents, and remarks. */
  readonly evidence: readonly string[];
}

const statuses = ['met', 'not applicable', 'planned', 'accepted risk'];

function readRows(text: string): Row[] {
  const lines = text.split('\n').filter((line) => /^\| \d/.test(line));
  return lines.map((line) => {
    const [id = '', level = '', , status = '', evidence = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return { id, level, status, evidence: evidence.split('<br>') };
  });
}

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

/** Of the table for ASVS 5.0, in whatever text. */
function faultsOf(text: string, required: readonly string[]): string[] {
  const rows = readRows(text);
  const listed = rows.filter(({ level }) => level !== 'L3').map(({ id, level }) => `${id} ${level}`);
  const tests = (row: Row) => row.evidence.filter((item) => item.startsWith('test/') && item.includes(' › '));
  return [
    ...required.filter((id) => !listed.includes(id)).map((id) => `${id} is missing`),
    ...listed.filter((id) => !required.includes(id)).map((id) => `${id} is no requirement of these levels`),
    ...rows
      .filter(({ id }, at) => rows.findIndex((row) => row.id === id) !== at)
      .map(({ id }) => `${id} is here twice`),
    ...rows.filter(({ status }) => !statuses.includes(status)).map(({ id, status }) => `${id} is ${status}`),
    ...rows
      .filter((row) => row.status === 'met' && tests(row).length === 0)
      .map(({ id }) => `${id} names no test`),
    ...rows.filter(({ evidence }) => evidence.join('').length < 15).map(({ id }) => `${id} gives no reason`),
    ...rows.flatMap((row) =>
      tests(row)
        .filter((test) => !namesTest(test))
        .map((test) => `${row.id}: no test ${test}`),
    ),
  ];
}

const required = readFileSync('test/fixtures/asvs-ids.txt', 'utf8').trim().split('\n');
const document = readFileSync('docs/asvs.md', 'utf8');

describe('docs/asvs.md', () => {
  it('lists every requirement once, and names a test that exists for each that is met', () => {
    expect(faultsOf(document, required)).to.deep.equal([]);
  });

  it('refers only to sections and files that exist', () => {
    const texts = [document, readFileSync('docs/security.md', 'utf8')].join('\n');
    const links = [...texts.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
    expect(links).to.have.length.above(10);
    for (const [link, file = '', anchor] of links) {
      expect(existsSync(`docs/${file}`), link).to.equal(true);
      if (anchor) expect(hasSection(`docs/${file}`, anchor), link).to.equal(true);
    }
    const paths = [...document.matchAll(/\btest\/[\w./-]+\.test\.ts/g)].map(([path]) => path);
    expect(paths.filter((path) => !existsSync(path))).to.deep.equal([]);
  });

  it('accepts the one risk of level 3 that registration takes', () => {
    const row = readRows(document).find(({ id }) => id === '6.3.8');
    expect(row).to.include({ level: 'L3', status: 'accepted risk' });
  });
});

describe('the check of docs/asvs.md', () => {
  const table = (...rows: string[]) => faultsOf(rows.map((row) => `| ${row} |`).join('\n'), ['1.1.1 L1']);
  const title = 'lists every requirement once, and names a test that exists for each that is met';

  it('is content with a test that exists', () => {
    expect(table(`1.1.1 | L1 | x | met | test/asvs.test.ts › ${title}`)).to.deep.equal([]);
  });

  it('finds what is missing, unknown, doubled, without a test or with one that is not there', () => {
    expect(table()).to.deep.equal(['1.1.1 L1 is missing']);
    const row = '1.1.1 | L1 | x | planned | some day or other';
    expect(table(row, '1.1.2 | L2 | x | planned | some day or other')).to.deep.equal([
      '1.1.2 L2 is no requirement of these levels',
    ]);
    expect(table(row, row)).to.deep.equal(['1.1.1 is here twice']);
    expect(table('1.1.1 | L1 | x | certainly | some day or other')).to.deep.equal(['1.1.1 is certainly']);
    expect(table('1.1.1 | L1 | x | met | of course it is met')).to.deep.equal(['1.1.1 names no test']);
    expect(table('1.1.1 | L1 | x | planned | soon')).to.deep.equal(['1.1.1 gives no reason']);
    expect(table('1.1.1 | L1 | x | met | test/asvs.test.ts › dreams')).to.deep.equal([
      '1.1.1: no test test/asvs.test.ts › dreams',
    ]);
    expect(table('1.1.1 | L1 | x | met | test/none.test.ts › dreams')).to.deep.equal([
      '1.1.1: no test test/none.test.ts › dreams',
    ]);
  });
});
