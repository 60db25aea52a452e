import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SigningKeys } from '../../app/features/tokens/signing-keys.ts';
import { createSigningKeyRecorder } from '../../app/jobs/record-signing-keys.ts';
import { createStore, type SystemStore } from '../../app/store/store.ts';
import { kidOf, pemPair, recordingLog, useSigningKeys } from '../support/keys.ts';
import { start } from '../support/process.ts';
import { onOneStore, onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';

const day = 86_400;

onOneStore('the age of a signing key', (stores) => {
  const { open, keyFiles } = useSigningKeys();
  const store = () => createStore(stores().database);
  const record = (keys: SigningKeys, of: Pick<SystemStore, 'maintenance'> = store()) =>
    createSigningKeyRecorder({ store: of, keys, log: silentLog })();
  const ageOf = (keys: SigningKeys, kid: string): number =>
    keys.ages().find((key) => key.kid === kid)?.seconds ?? Number.NaN;
  /** A process that starts the given number of days from now, with the same files. */
  const startIn = (env: Parameters<typeof open>[0], days: number) =>
    open(env, () => Date.now() + days * day * 1000);

  it('counts from the time at which the first replica saw it, also after restarts', async () => {
    const pair = pemPair('seen-first', 'ES256');
    const { env } = keyFiles(pair);
    const kid = await kidOf(pair);
    await record((await open(env)).keys);
    const { keys } = await startIn(env, 100);
    expect(ageOf(keys, kid)).to.be.below(day);
    await record(keys);
    expect(ageOf(keys, kid)).to.be.above(99 * day);
    await keys.reload();
    expect(ageOf(keys, kid)).to.be.above(99 * day);
  });

  it('is not changed by a later run', async () => {
    const pair = pemPair('seen-again', 'ES256');
    const { env } = keyFiles(pair);
    const kid = await kidOf(pair);
    const { keys } = await open(env);
    await record(keys);
    const [first] = await store().maintenance.findByNames([`signing-key:${kid}`]);
    await record(keys);
    expect(await store().maintenance.findByNames([`signing-key:${kid}`])).to.deep.equal([first]);
    keys.setFirstSeen(kid, Date.now() - 50 * day * 1000);
    await record(keys);
    expect(ageOf(keys, kid)).to.be.at.least(50 * day);
  });

  it('counts from the start of the process while Postgres is away, and is corrected later', async () => {
    const pair = pemPair('seen-away', 'ES256');
    const { env } = keyFiles(pair);
    const kid = await kidOf(pair);
    await record((await open(env)).keys);
    const { keys } = await startIn(env, 100);
    const away = createStore({
      query: () => Promise.reject(new Error('Postgres is away')),
      transaction: () => Promise.reject(new Error('Postgres is away')),
      close: async () => undefined,
    });
    const { log, lines } = recordingLog();
    await createSigningKeyRecorder({ store: away, keys, log })();
    expect(lines).to.have.lengthOf(1);
    expect(ageOf(keys, kid)).to.be.at.least(0).and.below(day);
    await record(keys);
    expect(ageOf(keys, kid)).to.be.above(99 * day);
  });

  it('distinguishes the signing key from keys that are only accepted', async () => {
    const [signing, upcoming] = [pemPair('use-a', 'ES256'), pemPair('use-b', 'ES256')];
    const { env, further, writePair } = keyFiles(signing);
    writeFileSync(join(further, 'b.pem'), upcoming.publicPem);
    const { keys } = await open(env);
    const uses = () => Object.fromEntries(keys.ages().map(({ kid, use }) => [kid, use]));
    const [a, b] = await Promise.all([kidOf(signing), kidOf(upcoming)]);
    expect(uses()).to.deep.equal({ [a]: 'signing', [b]: 'accepted' });
    writePair(upcoming);
    await keys.reload();
    expect(uses()).to.deep.equal({ [a]: 'accepted', [b]: 'signing' });
  });
});

onRealStore('a serving process', (stores) => {
  const { keyFiles, folder } = useSigningKeys();

  it('records when its keys were first seen', async function () {
    this.timeout(60_000);
    const pair = pemPair('seen-by-serve', 'ES256');
    const { env } = keyFiles(pair);
    const service = start([], {
      ...env,
      DB_PRIMARY_DB_URL: `${stores().url()}?sslmode=disable`,
      DATA_DIR: folder(),
      PORT: '0',
      METRICS_PORT: '0',
    });
    try {
      await service.printed(/listens on/);
      const names = [`signing-key:${await kidOf(pair)}`];
      const find = () => createStore(stores().database).maintenance.findByNames(names);
      await until(async () => (await find()).length === 1);
    } finally {
      service.child.kill('SIGKILL');
      await service.ended;
    }
  });
});
