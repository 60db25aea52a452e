import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { purge } from '../../../app/jobs/purge.ts';
import { renewSkeletons } from '../../../app/jobs/renew-skeletons.ts';
import { createStore } from '../../../app/store/store.ts';
import { skeletonOf, skeletonVersion } from '../../../app/store/usernames/skeleton.ts';
import { addUser, codeOf } from '../../support/rows.ts';
import { openStatements } from '../../support/run-statement.ts';
import { onEachStore, silentLog } from '../../support/stores.ts';
import { comparisonOf, cyrillic, insertAsBefore, word } from '../../support/usernames.ts';

onEachStore('A username', (stores) => {
  const store = () => createStore(stores().database);
  let statements: ReturnType<typeof openStatements>;
  before(() => {
    statements = openStatements(stores());
  });
  after(() => statements.close());

  const add = (username: string) => addUser(store(), { username });
  const rowOf = (id: string) => comparisonOf(statements, id);

  describe('that the release before this one wrote', () => {
    it('is taken, and so are its look-alikes', async () => {
      const name = `Mil0${word()}`;
      await insertAsBefore(statements, name);
      for (const other of [name.toLowerCase(), name.replace('Mil0', 'rnllO')]) {
        expect(await add(other).catch(codeOf)).to.equal('username_taken');
      }
      const { items } = await store().users.searchByUsername({ prefix: name.toLowerCase(), limit: 2 });
      expect(items.map(({ username }) => username)).to.deep.equal([name]);
    });

    it('can look like another one of that release, and both keep their names and change their case', async () => {
      const end = word();
      const ids = [
        await insertAsBefore(statements, `Il0${end}`),
        await insertAsBefore(statements, `IlO${end}`),
      ];
      for (const id of ids) {
        const username = (await store().users.findById(id))?.username.toUpperCase() ?? '';
        expect(await store().users.updateIdentity(id, { username })).to.include({ username });
      }
      expect(await add(`1lo${end}`).catch(codeOf)).to.equal('username_taken');
    });

    it('leaves no key of the name before, and a change of something else does', async () => {
      const { id } = await add(word(cyrillic));
      const name = word();
      await statements.run('update users set username = coalesce($2, username) where id = $1', [id, null]);
      expect(await rowOf(id)).to.include({ skeletonVersion, skeletonIsUnique: true });
      await statements.run('update users set username = coalesce($2, username) where id = $1', [id, name]);
      expect(await rowOf(id)).to.deep.equal({
        ...{ usernameKey: null, usernameSkeleton: null },
        ...{ skeletonVersion: 0, skeletonIsUnique: null },
      });
      expect(await add(name.toUpperCase()).catch(codeOf)).to.equal('username_taken');
    });

    it('is compared by what the service would have stored', async () => {
      const ascii = fc.string({
        unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-'),
        ...{ minLength: 3, maxLength: 32 },
      });
      const names = [...new Set(fc.sample(ascii, 200))];
      const rows = await statements.run<{ name: string; skeleton: string }>(
        `select name, replace(translate(lower(name collate "C"), '01i', 'oll'), 'm', 'rn') as skeleton
         from json_array_elements_text($1::text::json) as names (name)`,
        [JSON.stringify(names)],
      );
      expect(rows.map(({ skeleton }) => skeleton)).to.deep.equal(rows.map(({ name }) => skeletonOf(name)));
    });
  });

  describe('whose skeleton is of an older version', () => {
    it('gets a new one from the purge and keeps its name, also if another account has the skeleton', async () => {
      const end = word();
      const old = [`Il0${end}`, `IlO${end}`];
      const ids = [];
      for (const name of old) ids.push(await insertAsBefore(statements, name));
      const { id } = await add(`Ж${word(cyrillic)}`);
      await statements.run(
        `update users set skeleton_version = 0, username_skeleton = 'old', skeleton_is_unique = null where id = $1`,
        [id],
      );
      await purge(store(), silentLog, { loginHistory: 13, auditLog: 24 });
      expect(await renewSkeletons(store())).to.equal(0);
      const rows = await Promise.all(ids.map(rowOf));
      expect(rows.map((row) => row?.skeletonIsUnique)).to.have.members([true, null]);
      for (const [index, row] of rows.entries()) {
        const [name = ''] = old.slice(index);
        const comparison = { usernameKey: name.toLowerCase(), usernameSkeleton: skeletonOf(name) };
        expect(row).to.include({ ...comparison, skeletonVersion });
        expect((await store().users.findById(ids[index] ?? ''))?.username).to.equal(name);
      }
      expect(await rowOf(id)).to.include({ skeletonVersion, skeletonIsUnique: true });
    });

    it('blocks new look-alikes also after the other account with its skeleton is deleted', async () => {
      const end = word();
      const ids = [
        await insertAsBefore(statements, `Il0${end}`),
        await insertAsBefore(statements, `IlO${end}`),
      ];
      await renewSkeletons(store());
      const rows = await Promise.all(ids.map(rowOf));
      const first = ids[rows.findIndex((row) => row?.skeletonIsUnique === true)] ?? randomUUID();
      await store().users.softDelete(first);
      expect(await add(`1lo${end}`).catch(codeOf)).to.equal('username_taken');
    });
  });
});
