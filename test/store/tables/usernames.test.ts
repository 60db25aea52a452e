import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalUsername } from '../../../app/features/users/username.ts';
import { createStore } from '../../../app/store/store.ts';
import { skeletonOf } from '../../../app/store/usernames/skeleton.ts';
import { addUser, codeOf } from '../../support/rows.ts';
import { openStatements } from '../../support/run-statement.ts';
import { onEachStore, onRealStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { comparisonOf, cyrillic, insertAsBefore, word } from '../../support/usernames.ts';

type Statements = ReturnType<typeof openStatements>;

const outcomes = async (work: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(work)).map((result) =>
    result.status === 'rejected' ? codeOf(result.reason) : 'added',
  );

onEachStore('A username in the store', (stores) => {
  const store = () => createStore(stores().database);
  let statements: Statements;
  before(() => {
    statements = openStatements(stores());
  });
  after(() => statements.close());

  const add = (username: string) => addUser(store(), { username });
  it('is taken for every name that differs in case or normalization only', async () => {
    const start = word();
    await add(`${start}äç`);
    for (const other of [`${start.toUpperCase()}ÄÇ`, `${start}a\u0308c\u0327`.normalize('NFC')]) {
      expect(await add(other).catch(codeOf)).to.equal('username_taken');
    }
  });

  it('is taken for a name that a reader could take for it, until its account is deleted', async () => {
    const name = `paypal${word()}`;
    const { id } = await add(name);
    const other = name.replace('paypal', 'PayPaI');
    expect(await add(other).catch(codeOf)).to.equal('username_taken');
    await store().users.softDelete(id);
    await add(other);
    expect(await add(name).catch(codeOf)).to.equal('username_taken');
  });

  it('is taken for its look-alike in another script', async () => {
    const [latin, russian] = ['paxecopaxecopapa', 'рахесорахесорара'];
    await add(latin);
    expect(await add(russian).catch(codeOf)).to.equal('username_taken');
  });

  it('is the second reason for a refusal, behind an email that is taken', async () => {
    const user = await add(`li${word()}`);
    for (const username of [user.username, user.username.replace('li', 'il')]) {
      const again = addUser(store(), { email: user.email, username });
      expect(await again.catch(codeOf)).to.equal('email_taken');
    }
  });

  it('goes to one of twenty simultaneous look-alikes', async () => {
    const end = word();
    const names = Array.from({ length: 20 }, (_, n) => `${n.toString(2).padStart(5, '0')}${end}`);
    const alike = names.map((name) => name.replaceAll('1', 'b').replaceAll('0', 'l').replaceAll('b', 'i'));
    expect(new Set(alike.map(skeletonOf)).size).to.equal(1);
    const codes = await outcomes(alike.map(add));
    expect(codes.filter((code) => code === 'added')).to.have.lengthOf(1);
    expect(codes.filter((code) => code === 'username_taken')).to.have.lengthOf(19);
  });

  it('can be changed to another case, and not to the look-alike of another account', async () => {
    const [one, other] = [await add(`${word(cyrillic)}Л`), await add(`Il0${word()}`)];
    const { updateIdentity } = store().users;
    const louder = one.username.toUpperCase();
    expect(await updateIdentity(one.id, { username: louder })).to.include({ username: louder });
    expect(await comparisonOf(statements, one.id)).to.include({
      usernameKey: one.username.toLowerCase(),
      skeletonIsUnique: true,
    });
    const username = other.username.replace('Il0', 'lIo');
    expect(await updateIdentity(one.id, { username }).catch(codeOf)).to.equal('username_taken');
    expect(await updateIdentity(other.id, { username })).to.include({ username });
  });

  it('is found by its beginning in any case, page by page in the order of its key', async () => {
    const start = word(cyrillic);
    for (const end of ['В', 'а', 'б']) await add(`${start.toUpperCase()}${end}`);
    const prefix = start;
    const first = await store().users.searchByUsername({ prefix, limit: 2 });
    const after = first.next ?? '';
    const second = await store().users.searchByUsername({ prefix, limit: 2, after });
    const found = [...first.items, ...second.items].map(({ username }) => username);
    expect(found).to.deep.equal(['а', 'б', 'В'].map((end) => `${start.toUpperCase()}${end}`));
    expect(second.next).to.equal(null);
  });

  it('belongs to one account in all its spellings', async () => {
    const letters = fc.constantFrom(...'aZéÅßмЖωΣçñ');
    const spellings = (text: string): readonly string[] => [
      text.toUpperCase().length === text.length ? text.toUpperCase() : text,
      text.toLowerCase().length === text.length ? text.toLowerCase() : text,
      text.normalize('NFD'),
      ` ${text} `,
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(letters, { minLength: 1, maxLength: 8 }), async (parts) => {
        const name = canonicalUsername(word() + parts.join(''));
        await add(name);
        for (const spelling of spellings(name)) {
          expect(await add(canonicalUsername(spelling)).catch(codeOf)).to.equal('username_taken');
        }
      }),
      { numRuns: 8 },
    );
  });

  it('cannot have controls or spaces, even if the service does not check it', async () => {
    for (const username of ['a', 'a b', 'ab\u0007', 'x'.repeat(33)]) {
      expect(await insertAsBefore(statements, username).catch((error) => error.code)).to.equal('23514');
    }
  });
});

onRealStore('Two look-alikes in transactions that run at the same time', (stores) => {
  it('wait for each other, and the second is refused', async () => {
    const store = createStore(stores().database);
    const statements = openStatements(stores());
    const end = word();
    let second: Promise<unknown> = Promise.resolve();
    try {
      await store.transaction(async (tx) => {
        await addUser(tx, { username: `Il0${end}` });
        second = addUser(store, { username: `lIo${end}` }).catch(codeOf);
        await until(async () => {
          const waiting = await statements.run(
            `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into public.users%'`,
          );
          return waiting.length > 0;
        });
      });
      expect(await second).to.equal('username_taken');
    } finally {
      await statements.close();
    }
  });
});
