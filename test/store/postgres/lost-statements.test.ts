import { expect } from 'chai';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { recordingLog } from '../../support/keys.ts';
import { onRealStore } from '../../support/stores.ts';
import { type Echo, probes, using } from './probe.ts';

onRealStore('A prepared statement that the backend does not know any more', (stores) => {
  it('makes the service repeat the transaction, and use no prepared statements afterwards', async () => {
    const { directUrl: url, config } = stores();
    const { log, lines } = recordingLog();
    const database = createDatabase({ url, config: { ...config, poolMax: 1 }, queries: probes, log });
    await using(database, async () => {
      await database.query('probe/echo', ['prepared']);
      let attempts = 0;
      const [row] = await database.transaction(async (tx) => {
        attempts += 1;
        if (attempts === 1) await tx.query('probe/deallocate');
        return tx.query<Echo>('probe/echo', ['again']);
      });
      expect(row?.saidIt).to.equal('again');
      expect(attempts).to.equal(2);
      await database.query('probe/echo', ['later']);
      const [prepared] = await database.query<{ count: number }>('probe/count_prepared', [1]);
      expect(prepared?.count).to.equal(0);
    });
    const lost = lines.filter(({ event }) => event === 'prepared_statements_lost');
    expect(lost).to.have.length(1);
  });
});
