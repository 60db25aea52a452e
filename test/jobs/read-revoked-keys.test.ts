import { expect } from 'chai';
import { createRevokedKeyReader } from '../../app/jobs/read-revoked-keys.ts';
import { createStore } from '../../app/store/store.ts';
import { recordingLog } from '../support/keys.ts';
import { onOneStore, silentLog } from '../support/stores.ts';

const newKid = (): string => crypto.getRandomValues(Buffer.alloc(32)).toString('base64url');

onOneStore('The reader of revoked keys', (stores) => {
  const store = () => createStore(stores().database);

  function recordingKeys() {
    const lists: string[][] = [];
    return { lists, keys: { setRevoked: (kids: Iterable<string>) => void lists.push([...kids]) } };
  }

  it('gives the keys of the database to the process, and no longer those that were taken back', async () => {
    const kid = newKid();
    const { keys, lists } = recordingKeys();
    const read = createRevokedKeyReader({ store: store(), keys, log: silentLog });
    await read();
    await store().revokedSigningKeys.insert(kid);
    await read();
    await store().revokedSigningKeys.delete(kid);
    await read();
    expect(lists.map((kids) => kids.includes(kid))).to.deep.equal([false, true, false]);
  });

  it('changes nothing while Postgres is away, says so once, and reads again later', async () => {
    const { keys, lists } = recordingKeys();
    const { log, events } = recordingLog();
    const { revokedSigningKeys } = store();
    let isAway = true;
    const list = () => (isAway ? Promise.reject(new Error('away')) : revokedSigningKeys.list());
    const read = createRevokedKeyReader({
      store: { revokedSigningKeys: { ...revokedSigningKeys, list } },
      keys,
      log,
    });
    await read();
    await read();
    expect(lists).to.deep.equal([]);
    expect(events()).to.deep.equal(['revoked_keys_unread']);
    isAway = false;
    await read();
    expect(lists).to.have.lengthOf(1);
  });

  it('does not ask again before it has an answer, so that no older answer comes last', async () => {
    let questions = 0;
    let answer = (): void => undefined;
    const list = () => {
      questions += 1;
      return new Promise<[]>((resolve) => {
        answer = () => resolve([]);
      });
    };
    const { keys, lists } = recordingKeys();
    const revokedSigningKeys = { ...store().revokedSigningKeys, list };
    const read = createRevokedKeyReader({ store: { revokedSigningKeys }, keys, log: silentLog });
    const [pending, skipped] = [read(), read()];
    await skipped;
    expect(questions).to.equal(1);
    answer();
    await pending;
    expect(lists).to.have.lengthOf(1);
  });
});
