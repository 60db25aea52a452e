import { expect } from 'chai';
import type { Connection } from '../../../app/store/postgres/connection.ts';
import { observePooling } from '../../../app/store/postgres/pooling.ts';

/**
 * A pooler with two backends, for what no program of Debian does: PgBouncer keeps prepared statements since version 1.21.
 * test/infrastructure/poolers.infra.ts has the tests with PgBouncer.
 */
function createPooler(mode: 'session' | 'transaction', keepsStatements: boolean) {
  const free = [1, 2];
  return function open(): Connection {
    const prepared = new Set<number>();
    let backend: number | undefined;
    let isInTransaction = false;

    async function unsafe(text: string, _params?: unknown, options?: { prepare?: boolean }) {
      const pid = backend ?? free.pop();
      if (pid === undefined) throw new Error('no backend is free');
      backend = pid;
      isInTransaction = text === 'begin' || (isInTransaction && text !== 'rollback');
      if (options?.prepare) prepared.add(keepsStatements ? 0 : pid);
      if (mode === 'transaction' && !isInTransaction) {
        free.push(pid);
        backend = undefined;
      }
      // The client gives a statement another name when it prepares it again.
      return Object.assign([{ pid }], { statement: { name: `s${prepared.size}` } });
    }

    // reason: the observer uses nothing else of a connection.
    return { unsafe } as unknown as Connection;
  };
}

describe('two clients behind a pooler', () => {
  it('show that it keeps prepared statements, although it shares its backends', async () => {
    const open = createPooler('transaction', true);
    expect(await observePooling(open(), open)).to.deep.equal({
      pooling: 'transaction',
      keepsStatements: true,
    });
  });

  it('show that it does not keep them', async () => {
    const open = createPooler('transaction', false);
    expect(await observePooling(open(), open)).to.deep.equal({
      pooling: 'transaction',
      keepsStatements: false,
    });
  });

  it('show that each has a backend of its own', async () => {
    const open = createPooler('session', true);
    expect(await observePooling(open(), open)).to.deep.equal({ pooling: 'session', keepsStatements: true });
  });
});
