import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { onEmptyTable } from '../../support/empty-table.ts';
import { addUser, codeOf, newUser } from '../../support/rows.ts';
import { onEachStore, onRealStore } from '../../support/stores.ts';

const newName = (): string => `role-${newUser().username}`;

onEachStore('role store', (stores) => {
  const store = () => createStore(stores().database);

  async function addRole(): Promise<string> {
    const name = newName();
    await store().roles.insert({ name, description: 'for a test' });
    return name;
  }

  const rolesOf = async (id: string) => (await store().users.findById(id))?.roles;

  it('has the built-in roles from the start', async () => {
    const builtIn = (await store().roles.list()).filter((role) => role.builtIn);
    expect(builtIn.map(({ name }) => name)).to.deep.equal(['admin', 'user']);
  });

  it('adds a role once', async () => {
    const name = newName();
    const role = await store().roles.insert({ name, description: 'd' });
    expect(role).to.include({ name, description: 'd', builtIn: false });
    expect(await store().roles.insert({ name, description: '' }).catch(codeOf)).to.equal('role_exists');
  });

  it('gives a user exactly the named roles, sorted, and a new version', async () => {
    const [name, user] = [await addRole(), await addUser(store())];
    expect(await store().roles.replaceForUser(user.id, [name, 'admin', name])).to.equal(2);
    expect(await rolesOf(user.id)).to.deep.equal(['admin', name]);
    expect(await store().roles.replaceForUser(user.id, [])).to.equal(3);
    expect(await rolesOf(user.id)).to.deep.equal([]);
  });

  it('changes nothing when one of the roles is unknown', async () => {
    const user = await addUser(store());
    const refused = await store().roles.replaceForUser(user.id, ['admin', newName()]).catch(codeOf);
    expect(refused).to.equal('role_not_found');
    expect(await store().users.findById(user.id)).to.deep.include({ roles: ['user'], version: 1 });
  });

  it('throws user_not_found when the roles of an unknown user are changed', async () => {
    const refused = store().roles.replaceForUser(randomUUID(), ['user']);
    expect(await refused.catch(codeOf)).to.equal('user_not_found');
  });

  it('grants a role twice without an error', async () => {
    const user = await addUser(store());
    await store().roles.grant(user.id, 'admin');
    await store().roles.grant(user.id, 'admin');
    expect(await rolesOf(user.id)).to.deep.equal(['admin', 'user']);
    expect(await store().roles.grant(user.id, newName()).catch(codeOf)).to.equal('role_not_found');
  });

  it('deletes only a role that exists, is not built in and is not in use', async () => {
    const [name, user] = [await addRole(), await addUser(store())];
    await store().roles.grant(user.id, name);
    expect(await store().roles.delete(newName())).to.equal('missing');
    expect(await store().roles.delete('user')).to.equal('built_in');
    expect(await store().roles.delete(name)).to.equal('in_use');
    await store().roles.replaceForUser(user.id, ['user']);
    expect(await store().roles.delete(name)).to.equal('deleted');
    expect(await store().roles.delete(name)).to.equal('missing');
  });

  it('treats a role as unused if only a deleted account has it', async () => {
    const [name, user] = [await addRole(), await addUser(store())];
    await store().roles.grant(user.id, name);
    await store().users.softDelete(user.id);
    expect(await store().roles.delete(name)).to.equal('deleted');
  });

  it('counts the admins that are neither disabled nor deleted', async () => {
    const [first, second, third] = [await addUser(store()), await addUser(store()), await addUser(store())];
    await onEmptyTable(stores(), 'user_roles', async ({ roles, users }) => {
      for (const { id } of [first, second, third]) await roles.grant(id, 'admin');
      expect(await roles.countActiveAdmins()).to.equal(3);
      await users.setDisabled(first.id, true);
      await users.softDelete(second.id);
      expect(await roles.countActiveAdmins()).to.equal(1);
      await roles.replaceForUser(third.id, ['user']);
      expect(await roles.countActiveAdmins()).to.equal(0);
    });
  });
});

onRealStore('role store under a race', (stores) => {
  const store = () => createStore(stores().database);

  it('lets only one of two administrators lose the role at the same time', async () => {
    // Other suites have administrators too, so the claim compares counts.
    const pair = [await addUser(store()), await addUser(store())];
    for (const { id } of pair) await store().roles.grant(id, 'admin');
    const floor = (await store().roles.countActiveAdmins()) - 1;
    const giveUp = (id: string) =>
      store().transaction(async (within) => {
        await within.roles.lockAdmin();
        await within.roles.replaceForUser(id, ['user']);
        if ((await within.roles.countActiveAdmins()) < floor) throw new Error('too few admins');
      });
    const results = await Promise.allSettled(pair.map(({ id }) => giveUp(id)));
    expect(results.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(await store().roles.countActiveAdmins()).to.equal(floor);
    for (const { id } of pair) await store().users.softDelete(id);
  });

  it('refuses to delete a built-in role without waiting for a change of administrators', async () => {
    const answer = await store().transaction(async (within) => {
      await within.roles.lockAdmin();
      return store().roles.delete('admin');
    });
    expect(answer).to.equal('built_in');
  });

  it('does not delete a role that is being granted', async () => {
    const [name, user] = [newName(), await addUser(store())];
    await store().roles.insert({ name, description: '' });
    let deleting: Promise<string> | undefined;
    await store().transaction(async (within) => {
      await within.roles.grant(user.id, name);
      deleting = store().roles.delete(name);
      // Gives the other transaction the time to reach the lock.
      await within.users.findById(user.id);
    });
    expect(await deleting).to.equal('in_use');
  });
});
