import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import type { CreatedPosition } from '../../../app/store/tables/users.ts';
import { addUser, codeOf, newUser } from '../../support/rows.ts';
import { onEachStore } from '../../support/stores.ts';

onEachStore('user store', (stores) => {
  const store = () => createStore(stores().database);

  it('gives a new user the role user', async () => {
    const user = newUser();
    const added = await store().users.insert(user);
    expect(added).to.include({ id: user.id, email: user.email, username: user.username });
    expect(added.roles).to.deep.equal(['user']);
    expect(added.createdAt).to.be.instanceOf(Date);
  });

  it('gives an email to one of fifty simultaneous registrations, and email_taken to the others', async () => {
    const { email } = newUser();
    const attempts = Array.from({ length: 50 }, () => store().users.insert({ ...newUser(), email }));
    const results = await Promise.allSettled(attempts);
    const codes = results.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : 'added'));
    expect(codes.filter((code) => code === 'added')).to.have.lengthOf(1);
    expect(codes.filter((code) => code === 'email_taken')).to.have.lengthOf(49);
  });

  it('compares usernames without regard to case', async () => {
    const user = await addUser(store());
    const other = { ...newUser(), username: user.username.toUpperCase() };
    expect(await store().users.insert(other).catch(codeOf)).to.equal('username_taken');
  });

  it('finds an account with all its fields by email and by id', async () => {
    const user = await addUser(store(), { passwordHash: 'the hash' });
    const account = await store().users.findByEmail(user.email);
    expect(account).to.deep.equal(await store().users.findById(user.id));
    expect(account).to.include({ id: user.id, passwordHash: 'the hash', version: 1, disabledAt: null });
    expect(account?.roles).to.deep.equal(['user']);
    expect(await store().users.findByEmail('nobody@example.com')).to.equal(null);
    expect(await store().users.findById(randomUUID())).to.equal(null);
  });

  it('stores the time of a change in milliseconds, as cursors need it', async () => {
    const user = await addUser(store());
    expect((await store().users.findById(user.id))?.createdAt).to.deep.equal(user.createdAt);
  });

  it('does not find a deleted account, and lets others have its email and username', async () => {
    const user = await addUser(store());
    expect(await store().users.softDelete(user.id)).to.equal(2);
    expect(await store().users.findByEmail(user.email)).to.equal(null);
    expect(await store().users.findById(user.id)).to.equal(null);
    const again = await addUser(store(), { email: user.email, username: user.username });
    expect(again.id).not.to.equal(user.id);
  });

  it('increases version and device epoch with a new password', async () => {
    const user = await addUser(store());
    const { deviceEpoch = Number.NaN } = (await store().users.findById(user.id)) ?? {};
    const next = { version: 2, deviceEpoch: deviceEpoch + 1 };
    expect(await store().users.setPassword(user.id, 'new')).to.deep.equal(next);
    expect(await store().users.findById(user.id)).to.include({ passwordHash: 'new', version: 2 });
  });

  it('replaces a hash only if the old one is unchanged, and keeps the version', async () => {
    const user = await addUser(store(), { passwordHash: 'one' });
    await store().users.replaceHash(user.id, 'another', 'two');
    expect(await store().users.findById(user.id)).to.include({ passwordHash: 'one', version: 1 });
    await store().users.replaceHash(user.id, 'one', 'two');
    expect(await store().users.findById(user.id)).to.include({ passwordHash: 'two', version: 1 });
  });

  it('changes the email or the username alone', async () => {
    const user = await addUser(store());
    const { username, email } = newUser();
    expect(await store().users.updateIdentity(user.id, { username })).to.include({
      username,
      email: user.email,
    });
    expect(await store().users.updateIdentity(user.id, { email })).to.include({
      username,
      email,
      version: 3,
    });
  });

  it('rejects an email or a username that is taken', async () => {
    const [one, two] = [await addUser(store()), await addUser(store())];
    const { updateIdentity } = store().users;
    expect(await updateIdentity(one.id, { email: two.email }).catch(codeOf)).to.equal('email_taken');
    expect(await updateIdentity(one.id, { username: two.username }).catch(codeOf)).to.equal('username_taken');
  });

  it('increases the version when an account is disabled and enabled', async () => {
    const user = await addUser(store());
    expect(await store().users.setDisabled(user.id, true)).to.equal(2);
    const disabledAt = (await store().users.findById(user.id))?.disabledAt;
    expect(disabledAt).to.be.instanceOf(Date);
    await store().users.setDisabled(user.id, true);
    expect((await store().users.findById(user.id))?.disabledAt).to.deep.equal(disabledAt);
    await store().users.setDisabled(user.id, false);
    expect((await store().users.findById(user.id))?.disabledAt).to.equal(null);
  });

  it('throws user_not_found when an unknown user is changed', async () => {
    const id = randomUUID();
    const { setPassword, setDisabled, softDelete, bumpVersion, updateIdentity } = store().users;
    const changes = [setPassword(id, 'x'), setDisabled(id, true), softDelete(id), bumpVersion(id)];
    const all = [...changes, updateIdentity(id, { email: 'x@example.com' })];
    const codes = await Promise.all(all.map((change) => change.catch(codeOf)));
    expect(new Set(codes)).to.deep.equal(new Set(['user_not_found']));
  });

  it('lists the newest first, page by page, each account once', async () => {
    for (let count = 0; count < 5; count += 1) await addUser(store());
    const all = (await store().users.list({ limit: 5 })).items.map(({ id }) => id);
    const paged: string[] = [];
    let after: CreatedPosition | undefined;
    for (const limit of [2, 2, 1]) {
      const page = await store().users.list({ limit, ...(after && { after }) });
      paged.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    }
    expect(paged).to.deep.equal(all);
    expect(new Set(paged).size).to.equal(5);
  });

  it('searches by the beginning of an email, page by page', async () => {
    const start = newUser().email.split('@')[0];
    for (const end of ['c', 'a', 'b']) await addUser(store(), { email: `${start}-${end}@example.com` });
    const first = await store().users.searchByEmail({ prefix: `${start}-`, limit: 2 });
    expect(first.items.map(({ email }) => email)).to.deep.equal([
      `${start}-a@example.com`,
      `${start}-b@example.com`,
    ]);
    const after = first.next ?? undefined;
    const second = await store().users.searchByEmail({
      prefix: `${start}-`,
      limit: 2,
      ...(after && { after }),
    });
    expect(second.items.map(({ email }) => email)).to.deep.equal([`${start}-c@example.com`]);
    expect(second.next).to.equal(null);
  });

  it('searches by the beginning of a username without regard to case', async () => {
    const start = newUser().username.slice(0, 20);
    for (const end of ['B', 'a']) await addUser(store(), { username: `${start}.${end}` });
    const { items } = await store().users.searchByUsername({ prefix: `${start}.`.toUpperCase(), limit: 5 });
    expect(items.map(({ username }) => username)).to.deep.equal([`${start}.a`, `${start}.B`]);
  });

  it('treats pattern characters in a prefix literally', async () => {
    await addUser(store());
    expect((await store().users.searchByEmail({ prefix: '%', limit: 5 })).items).to.deep.equal([]);
  });
});
