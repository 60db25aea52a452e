import { expect } from 'chai';
import { createStateSecretReader, readStateSecret } from '../../app/jobs/read-state-secret.ts';
import { createStore } from '../../app/store/store.ts';
import { onOneStore, silentLog } from '../support/stores.ts';

onOneStore('The secret of session states', (stores) => {
  const store = () => createStore(stores().database);

  it('is the same for every replica, and is read again', async () => {
    const first = await readStateSecret(store());
    expect(first).to.have.length(32);
    const read: Buffer[] = [];
    await createStateSecretReader({
      store: store(),
      log: silentLog,
      onRead: (secret) => read.push(secret),
    })();
    expect(read).to.deep.equal([first]);
  });

  it('is not one that a replica has from before a restore, although Postgres has none', async () => {
    const inserted: Buffer[] = [];
    const restored = {
      serviceSecrets: {
        get: async (_name: string, fresh: Buffer) => {
          inserted.push(fresh);
          return fresh;
        },
      },
    };
    const options = { store: restored, log: silentLog, onRead: () => undefined };
    await createStateSecretReader(options)();
    expect(inserted[0]?.equals(await readStateSecret(store()))).to.equal(false);
  });

  it('stays in use while Postgres is unavailable', async () => {
    const away = { serviceSecrets: { get: () => Promise.reject(new Error('Postgres is away')) } };
    const read: Buffer[] = [];
    await createStateSecretReader({ store: away, log: silentLog, onRead: (secret) => read.push(secret) })();
    expect(read).to.deep.equal([]);
  });
});
