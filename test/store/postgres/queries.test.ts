import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadQueries } from '../../../app/store/postgres/queries.ts';

describe('queries', () => {
  let folder: string;
  const write = (text: string, seconds: number): void => {
    const file = join(folder, 'users', 'find.sql');
    writeFileSync(file, text);
    utimesSync(file, seconds, seconds);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'queries-'));
    mkdirSync(join(folder, 'users'));
    write('select 1', 1_000);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('are read once', () => {
    const queries = loadQueries(folder);
    write('select 2', 2_000);
    expect(queries.names).to.deep.equal(['users/find']);
    expect(queries.text('users/find')).to.equal('select 1');
  });

  it('are read again after a change when they are watched', () => {
    const queries = loadQueries(folder, { watch: true });
    write('select 2', 2_000);
    expect(queries.text('users/find')).to.equal('select 2');
  });

  it('stay in use while an editor has the file away', () => {
    const queries = loadQueries(folder, { watch: true });
    rmSync(join(folder, 'users', 'find.sql'));
    expect(queries.text('users/find')).to.equal('select 1');
  });

  it('appear by themselves when they are watched', () => {
    const queries = loadQueries(folder, { watch: true });
    writeFileSync(join(folder, 'users', 'other.sql'), 'select 3');
    expect(queries.text('users/other')).to.equal('select 3');
  });

  it('refuse a name that has no file', () => {
    for (const watch of [true, false]) {
      expect(() => loadQueries(folder, { watch }).text('users/none')).to.throw(
        'there is no query users/none',
      );
    }
  });
});
