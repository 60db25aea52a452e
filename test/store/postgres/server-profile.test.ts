import { expect } from 'chai';
import { isDirect, refusesParameters } from '../../../app/store/postgres/server-profile.ts';
import { sessionTimeouts, setLocal } from '../../../app/store/postgres/session-timeouts.ts';

describe('a connection to Postgres', () => {
  const elapsed = 30;

  it('is direct if the process answers that was named at the login, and that started for it', () => {
    expect(isDirect({ pid: 42, age: 12, announced: 42 }, elapsed)).to.equal(true);
  });

  it('leads to a pooler if the server named a key of its own', () => {
    expect(isDirect({ pid: 42, age: 12, announced: 3_402_629_203 }, elapsed)).to.equal(false);
  });

  it('leads to a pooler if its key only by chance equals a process, which is older than the connection', () => {
    expect(isDirect({ pid: 42, age: 9_000, announced: 42 }, elapsed)).to.equal(false);
  });

  it('leads to an unknown server if no process answers', () => {
    expect(isDirect({ pid: undefined, age: Number.NaN, announced: 0 }, elapsed)).to.equal(false);
  });
});

describe('a refused startup parameter', () => {
  const error = (fields: object) => Object.assign(new Error('unsupported'), fields);

  it('is told apart from other errors by its code, and where Postgres has the code too by its severity', () => {
    expect(refusesParameters(error({ code: '08P01' }))).to.equal(true);
    expect(refusesParameters(error({ code: '0A000', severity: 'FATAL' }))).to.equal(true);
    expect(refusesParameters(error({ code: '0A000', severity: 'ERROR' }))).to.equal(false);
    expect(refusesParameters(error({ code: '28P01', severity: 'FATAL' }))).to.equal(false);
  });
});

describe('the settings of a transaction', () => {
  it('end a statement before the deadline of the client', () => {
    const statements = setLocal(sessionTimeouts(3_000)).split('; ');
    expect(statements).to.include('set local statement_timeout = 2700');
    expect(statements).to.include('set local idle_in_transaction_session_timeout = 3000');
    // They say nothing about a transaction that has begun.
    expect(statements.join()).not.to.match(/default_transaction_isolation|idle_session_timeout/);
  });

  it('may be texts', () => {
    expect(setLocal({ search_path: "it's" })).to.equal("set local search_path = 'it''s'");
  });
});
