import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { securityEventNames } from '../../app/http/route/security-events.ts';

const [, , requestLines = '', otherEvents = ''] = readFileSync('docs/logging.md', 'utf8').split(/^## /m);

/** Names in the first column of the table. */
function names(section: string): string[] {
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `') && !/^\| `(security|event)`/.test(line));
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''),
  );
}

/** Every `event: '…'` and `event = '…'` in the source. */
function eventsInSource(): string[] {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = files.map((file) => readFileSync(join('app', file), 'utf8'));
  return [
    ...new Set(
      texts.flatMap((text) => [...text.matchAll(/\bevent(?::| =) '(\w+)'/g)].map(([, name]) => name ?? '')),
    ),
  ];
}

describe('the names of events', () => {
  it('are those of docs/logging.md, all of them and no others', () => {
    expect(eventsInSource().sort()).to.deep.equal(names(otherEvents).sort());
  });

  it('of security are those of docs/logging.md', () => {
    expect([...securityEventNames].sort()).to.deep.equal(names(requestLines).sort());
  });
});
