import { expect } from 'chai';
import type { Database } from '../../../app/store/postgres/database.ts';
import { codeOf } from '../../support/rows.ts';
import { onEachStore } from '../../support/stores.ts';
import { type Echo, probe, using } from './probe.ts';

onEachStore('database', (stores) => {
  it('returns columns in camel case', async () => {
    await using(probe(stores()), async (database) => {
      const [row] = await database.query<Echo>('probe/echo', ['hello']);
      expect(row).to.include({ saidIt: 'hello' });
    });
  });

  it('rejects a query without a file at once', async () => {
    await using(probe(stores()), async (database) => {
      const refused = await database.query('probe/unknown').catch((error: Error) => error.message);
      expect(refused).to.equal('there is no query probe/unknown');
    });
  });

  it('passes an error of Postgres on with its SQLSTATE', async () => {
    await using(probe(stores()), async (database) => {
      const error = await database.query('probe/sleep', ['not a number']).catch((caught) => caught);
      expect(error).to.include({ code: '22P02' });
      expect(await database.query('probe/echo', ['still there'])).to.have.lengthOf(1);
    });
  });

  it('works without prepared statements too', async () => {
    await using(probe(stores(), { prepare: 'off' }), async (database) => {
      const answers = await Promise.all(
        ['a', 'b', 'c'].map((word) => database.query<Echo>('probe/echo', [word])),
      );
      expect(answers.map(([row]) => row?.saidIt)).to.deep.equal(['a', 'b', 'c']);
    });
  });

  it('gives each of many simultaneous callers the correct answer', async () => {
    await using(probe(stores(), { poolMax: 3 }), async (database) => {
      const words = Array.from({ length: 100 }, (_, number) => `word ${number}`);
      const answers = await Promise.all(words.map((word) => database.query<Echo>('probe/echo', [word])));
      expect(answers.map(([row]) => row?.saidIt)).to.deep.equal(words);
    });
  });

  it('repeats a transaction that was aborted because of a conflict, up to three attempts', async () => {
    await using(probe(stores()), async (database) => {
      let attempts = 0;
      const failing = (times: number) =>
        database.transaction(async (tx) => {
          attempts += 1;
          if (attempts <= times) await tx.query('probe/fail_serialization');
          return attempts;
        });
      expect(await failing(2)).to.equal(3);
      attempts = 0;
      expect(await failing(9).catch(codeOf)).to.equal('service_unavailable');
      expect(attempts).to.equal(3);
    });
  });

  it('throws service_unavailable for a statement that is aborted each time', async () => {
    await using(probe(stores()), async (database) => {
      expect(await database.query('probe/fail_serialization').catch(codeOf)).to.equal('service_unavailable');
    });
  });

  it('rejects queries of a transaction after its end', async () => {
    await using(probe(stores()), async (database) => {
      let kept: Database | undefined;
      await database.transaction(async (tx) => {
        kept = tx;
      });
      expect(await kept?.query('probe/echo', ['late']).catch(codeOf)).to.equal('service_unavailable');
    });
  });

  it('rejects every query after it was closed', async () => {
    const database = probe(stores());
    await database.query('probe/echo', ['open']);
    await database.close();
    expect(await database.query('probe/echo', ['closed']).catch(codeOf)).to.equal('service_unavailable');
  });
});
