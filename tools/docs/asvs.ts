import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const states = ['met', 'partly met', 'open', 'accepted risk', 'not applicable'] as const;
type State = (typeof states)[number];

const meaning: Readonly<Record<State, string>> = {
  met: 'at least one test shows it, named `file › title` (titles of generated tests as they stand in the source)',
  'partly met': 'a part is missing, which the reason names',
  open: 'not met yet',
  'accepted risk': 'not met in full on purpose, with the reason',
  'not applicable': 'what the requirement is about is not there, or is the task of the platform',
};

const Row = z.strictObject({
  id: z.string().regex(/^\d+\.\d+\.\d+$/),
  level: z.literal([1, 2, 3]),
  /** A summary in our own words. */
  requirement: z.string().min(5),
  state: z.enum(states),
  /** `file › title` */
  tests: z.array(z.string()).default([]),
  /** Remarks and links, relative to docs/. A reason for every state but `met`. */
  why: z.string().optional(),
});
export type Row = z.infer<typeof Row>;

export const Chapter = z.strictObject({ chapter: z.int(), title: z.string(), rows: z.array(Row) });
export type Chapter = z.infer<typeof Chapter>;

const Break = z.strictObject({
  requirement: z.string(),
  file: z.string(),
  find: z.string().min(5),
  replace: z.string(),
  test: z.string(),
});
/** How to break the control of a requirement in the source, and the test that must fail then. */
export type Break = z.infer<typeof Break>;

const folder = new URL('../../docs/asvs/', import.meta.url);

/** The table of docs/asvs/, one file for each chapter. @throws ZodError for a row of another form */
export function readChapters(): Chapter[] {
  const files = readdirSync(folder).filter((name) => /^v\d\d\.yaml$/.test(name));
  return files.sort().map((name) => Chapter.parse(parse(readFileSync(new URL(name, folder), 'utf8'))));
}

/** @throws ZodError for an entry of another form */
export function readBreaks(): Break[] {
  return Break.array().parse(parse(readFileSync(new URL('breaks.yaml', folder), 'utf8')));
}

const head = `# ASVS 5.0, all seventeen chapters

\`npm run docs\` writes this page from the table in [asvs/](asvs). It contains every requirement of levels 1 and 2, and those of
level 3 that are met or knowingly not met. \`test/asvs.test.ts\` checks that each requirement has one row, that every row that is
met names a test, and that every named test exists. \`npm run asvs\` breaks the most important controls in a copy of the source
and checks that the named tests fail.

The requirements are those of the [OWASP Application Security Verification Standard](https://owasp.org/www-project-application-security-verification-standard/)
5.0.0 (CC BY-SA 4.0). The summaries are our own words; the text of the standard counts.

`;

function countsOf(chapters: readonly Chapter[]): string {
  const rows = chapters.flatMap((chapter) => chapter.rows);
  const lines = states.map((state) => {
    const counts = [1, 2, 3].map(
      (level) => rows.filter((row) => row.state === state && row.level === level).length,
    );
    return `| ${state} | ${meaning[state]} | ${counts.join(' | ')} |\n`;
  });
  return `| state | meaning | L1 | L2 | L3 |\n|---|---|---|---|---|\n${lines.join('')}`;
}

function rowText({ id, level, requirement, state, tests, why }: Row): string {
  const evidence = [...tests, ...(why ? [why] : [])].join('<br>');
  return `| ${id} | L${level} | ${requirement} | ${state} | ${evidence} |\n`;
}

function chapterText({ chapter, title, rows }: Chapter): string {
  const header = '| id | level | requirement | state | shown by, or why |\n|---|---|---|---|---|\n';
  return `\n## V${chapter} ${title}\n\n${header}${rows.map(rowText).join('')}`;
}

/** docs/asvs.md */
export function asvsPage(): string {
  const chapters = readChapters();
  return head + countsOf(chapters) + chapters.map(chapterText).join('');
}
