import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const folder = 'docs/decisions';
const sections = ['Context', 'Decision', 'Alternatives considered', 'Consequences'];

/** What a decision record lacks. */
function faultsOf(text: string): string[] {
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  return [
    ...(/^# \d{4}: \S/.test(text) ? [] : ['a title']),
    ...(/^- Status: (accepted(; [a-z ]+ superseded by \d{4})?|superseded by \d{4})$/m.test(text)
      ? []
      : ['a status']),
    ...(/^- Date: \d{4}-\d{2}-\d{2}$/m.test(text) ? [] : ['a date']),
    ...sections.filter((section) => !headings.includes(section)),
    ...(text.trimEnd().split('\n').length < 70 ? [] : ['fewer than 70 lines']),
  ];
}

describe('The decision records', () => {
  const records = readdirSync(folder).filter((name) => name !== 'README.md');

  it('are named by number and subject, and no number is used twice', () => {
    expect(records.filter((name) => !/^\d{4}-[a-z0-9-]+\.md$/.test(name))).to.deep.equal([]);
    const numbers = records.map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).to.equal(numbers.length);
  });

  it('are all in the index, once and in order', () => {
    const index = readFileSync(`${folder}/README.md`, 'utf8');
    const listed = [...index.matchAll(/\]\((\d{4}-[a-z0-9-]+\.md)\)/g)].map(([, name]) => name);
    expect(listed).to.deep.equal([...records].sort());
  });

  for (const name of records) {
    it(`have their number and every section: ${name}`, () => {
      const text = readFileSync(`${folder}/${name}`, 'utf8');
      expect(faultsOf(text)).to.deep.equal([]);
      expect(text.slice(2, 6)).to.equal(name.slice(0, 4));
    });
  }
});

describe('The check of the decision records', () => {
  it('finds what is missing', () => {
    expect(faultsOf('# 0001: Title\n\n- Status: accepted\n\n## Context\n\n## Decision\n')).to.deep.equal([
      'a date',
      'Alternatives considered',
      'Consequences',
    ]);
    expect(faultsOf('text\n'.repeat(80))).to.include.members(['a title', 'a status', 'fewer than 70 lines']);
  });
});
