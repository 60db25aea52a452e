import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createMetrics } from '../app/observe/metrics.ts';
import { markdownFiles } from './support/markdown.ts';
import {
  commentsIn,
  findPhrases,
  nameFaults,
  type Passage,
  readSourceWords,
} from './support/retired-words.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

function filesIn(folder: string, extension: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(extension)).map((name) => `${folder}/${name}`);
}

/** The glossary lists the retired words themselves, and the changelog names what was renamed, in backticks. */
function proseOf(file: string): string {
  if (file === 'CHANGELOG.md') return read(file).replaceAll(/`[^`]*`/g, '');
  return read(file).split('## Words we do not use')[0] ?? '';
}

/** One passage for each paragraph or row, since a phrase may be broken over two lines. */
const paragraphsOf = (where: string, text: string): Passage[] =>
  text.split(/\n\s*\n|\n(?=\|)/).map((paragraph) => ({ where, text: paragraph }));

describe('The retired words', () => {
  let source: ReturnType<typeof readSourceWords>;
  before(function () {
    // The compiler parses every source, which takes long on a busy machine.
    this.timeout(120_000);
    source = readSourceWords(process.cwd(), ['app', 'charts-ts']);
  });

  it('are in no help text of a metric', async () => {
    const metrics = await createMetrics('test').registry.getMetricsAsJSON();
    const ours = metrics.filter(({ name }) => /^(auth|http)_/.test(name));
    expect(ours).to.have.length.above(20);
    expect(findPhrases(ours.map(({ name, help }) => ({ where: name, text: help })))).to.deep.equal([]);
  });

  it('are in no text and no comment of the source: log messages, error texts, titles, help', () => {
    expect(source.passages).to.have.length.above(500);
    expect(findPhrases(source.passages)).to.deep.equal([]);
  });

  it('are in no comment of SQL, values and .env.example', () => {
    const files = [
      ...filesIn('app/store/sql', '.sql'),
      ...filesIn('charts-ts/values', '.yaml'),
      '.env.example',
    ];
    const passages = files.flatMap((where) => commentsIn(read(where)).map((text) => ({ where, text })));
    expect(passages).to.have.length.above(3);
    expect(findPhrases(passages)).to.deep.equal([]);
  });

  it('are in no dashboard and no alert that is delivered', () => {
    const files = [...filesIn('docs/dashboards', '.json'), 'k8s-out/eks/51-rules.yaml'];
    expect(findPhrases(files.map((where) => ({ where, text: read(where) })))).to.deep.equal([]);
  });

  for (const file of markdownFiles()) {
    it(`are not in ${file}`, () => {
      expect(findPhrases(paragraphsOf(file, proseOf(file)))).to.deep.equal([]);
    });
  }

  it('are in no identifier and no file name of the source', () => {
    expect(source.nameFaults).to.deep.equal([]);
  });
});

describe('The search for retired words', () => {
  it('finds each word that the glossary lists', () => {
    const [, table = ''] = read('docs/glossary.md').split('## Words we do not use');
    const words = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, word = '']) => word).slice(1);
    expect(words).to.have.length.above(15);
    expect(words.filter((word) => findPhrases([{ where: '', text: word }]).length === 0)).to.deep.equal([]);
  });

  it('finds a planted word, over the end of a line, and says what to write', () => {
    const planted = { where: 'a.md', text: 'Sessions that are\nunder\n  way, for\nwant of a better word.' };
    expect(findPhrases([planted])).to.deep.equal([
      'a.md: "under way" → in flight, or running',
      'a.md: "for want of" → because of missing',
    ]);
    expect(findPhrases([{ where: 'a.md', text: 'A mushroom lasted; requests in flight.' }])).to.deep.equal(
      [],
    );
  });

  it('finds a planted name as a part of another, and as the name of a file', () => {
    expect(nameFaults('a.ts', 'hashRoom')).to.deep.equal(['a.ts: hashRoom ("room") → hashQueue, or space']);
    expect(nameFaults('a.ts', 'app/http/server/bare-refusals.ts')).to.have.length(1);
    expect(nameFaults('a.ts', 'SharedMemory')).to.have.length(1);
    expect(nameFaults('a.ts', 'replaceThreshold')).to.deep.equal([]);
  });

  it('reads comments and leaves addresses alone', () => {
    const text = "/**\n * One\n * two.\n */\nconst a = 'https://example.com'; // three\n// four\n";
    expect(commentsIn(text).map((comment) => comment.replaceAll(/\s+/g, ' ').trim())).to.deep.equal([
      '/** One two.',
      'three four',
    ]);
  });
});
