import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadQueries, queryFolder } from '../../../app/store/postgres/queries.ts';
import { queries as serviceQueries } from '../../support/stores.ts';

describe('queries', () => {
  let folder: string;
  const write = (text: string, seconds: number, name = 'users/find'): void => {
    const file = join(folder, `${name}.sql`);
    writeFileSync(file, text);
    utimesSync(file, seconds, seconds);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'queries-'));
    mkdirSync(join(folder, 'users'));
    mkdirSync(join(folder, 'fragments'));
    write('select 1', 1_000);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('are read once', () => {
    const queries = loadQueries(folder);
    write('select 2', 2_000);
    expect(queries.names).to.deep.equal(['users/find']);
    expect(queries.text('users/find')).to.equal('select 1');
  });

  it('are read again after a change if they are watched', () => {
    const queries = loadQueries(folder, { watch: true });
    write('select 2', 2_000);
    expect(queries.text('users/find')).to.equal('select 2');
  });

  it('stay in use while an editor replaces the file', () => {
    const queries = loadQueries(folder, { watch: true });
    rmSync(join(folder, 'users', 'find.sql'));
    expect(queries.text('users/find')).to.equal('select 1');
  });

  it('appear without a restart if they are watched', () => {
    const queries = loadQueries(folder, { watch: true });
    writeFileSync(join(folder, 'users', 'other.sql'), 'select 3');
    expect(queries.text('users/other')).to.equal('select 3');
  });

  it('reject a name without a file', () => {
    for (const watch of [true, false]) {
      expect(() => loadQueries(folder, { watch }).text('users/none')).to.throw(
        'there is no query users/none',
      );
    }
  });

  describe('with fragments', () => {
    beforeEach(() => {
      write('id, email', 1_000, 'fragments/identity');
      write('{{identity}}, hash', 1_000, 'fragments/all');
      write('select {{all}} from users', 1_000);
    });

    it('contain the text of the fragments that they include', () => {
      const queries = loadQueries(folder);
      expect(queries.text('users/find')).to.equal('select id, email, hash from users');
      expect(queries.names).to.deep.equal(['users/find']);
    });

    it('follow an edit of a fragment if they are watched', () => {
      const [once, watched] = [loadQueries(folder), loadQueries(folder, { watch: true })];
      write('id, username', 2_000, 'fragments/identity');
      expect(once.text('users/find')).to.equal('select id, email, hash from users');
      expect(watched.text('users/find')).to.equal('select id, username, hash from users');
    });

    it('are refused at the start when a fragment does not exist', () => {
      write('select {{none}} from users', 2_000);
      expect(() => loadQueries(folder)).to.throw('there is no query fragments/none');
    });
  });
});

describe('queries of the service', () => {
  const sources = (readdirSync(queryFolder, { recursive: true, encoding: 'utf8' }) as string[])
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({ file, text: readFileSync(join(queryFolder, file), 'utf8') }));

  it('name the columns of an account in one file each', () => {
    const columns = [
      'email',
      'username',
      'password_hash',
      'updated_at',
      'password_changed_at',
      'device_epoch',
    ];
    for (const column of columns) {
      const selecting = sources.filter(({ text }) => new RegExp(`^\\s*(u\\.)?${column},?$`, 'm').test(text));
      expect(
        selecting.map(({ file }) => file),
        column,
      ).to.have.lengthOf(1);
    }
  });

  it('are one statement without a star and without an open placeholder', () => {
    for (const name of serviceQueries.names) {
      const statement = serviceQueries.text(name).replace(/--.*$/gm, '');
      expect(statement, name).not.to.match(/\{\{|select\s+\*|;/i);
    }
  });
});
