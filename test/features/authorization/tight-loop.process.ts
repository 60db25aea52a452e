import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import {
  type Actor,
  type Attempt,
  changes,
  createFixture,
  type Fixture,
  snapshot,
} from '../../support/changing-routes.ts';
import { combine } from '../../support/revocations.ts';
import { openStatements } from '../../support/run-statement.ts';
import { onRealStore } from '../../support/stores.ts';

/** Requests of a loop before and after the revocation is answered. */
const early = 2;
const late = 1;

onRealStore('Changes in a loop, on two replicas', (stores) => {
  let replicas: readonly TestApp[];
  let fixture: Fixture;
  let boss: Actor;
  let statements: ReturnType<typeof openStatements>;
  before(async () => {
    replicas = [await startApp(stores()), await startApp(stores())];
    const [first] = replicas;
    if (!first) throw new Error('no replica');
    fixture = await createFixture(first);
    boss = await fixture.addActor('admin');
    statements = openStatements(stores());
  });
  after(async () => {
    await statements.close();
    for (const app of replicas) await app.close();
  });

  for (const combination of combine(changes)) {
    const [{ route, role, prepare }, revocation] = combination;
    it(`end with the answer to the revocation: ${route}, ${revocation.title}`, async () => {
      fixture.users.splice(0);
      fixture.roles.splice(0);
      const actor = await fixture.addActor(role);
      const [first] = replicas;
      if (!first) throw new Error('no replica');
      const revoke = await revocation.prepare(first, fixture, boss, actor);
      const prepared = Array.from({ length: replicas.length * (early + late) }, () =>
        prepare(fixture, actor),
      );
      const attempts = await Promise.all(prepared);
      const ask = (app: TestApp, { what, body }: Attempt) =>
        app.ask(what, { token: actor.access, ...(body && { body }) });

      let revoking: Promise<string[]> | undefined;
      const loop = async (app: TestApp, queue: readonly Attempt[]) => {
        for (const attempt of queue.slice(0, early)) {
          const answer = ask(app, attempt);
          // Some routes end the session themselves, so the answer to the revocation may be a refusal too.
          revoking ??= revoke().then(() => snapshot(statements, fixture.users, fixture.roles));
          await answer;
        }
        await revoking;
        return Promise.all(queue.slice(early).map((attempt) => ask(app, attempt)));
      };
      const loops = replicas.map((app, n) =>
        loop(
          app,
          attempts.filter((_, index) => index % replicas.length === n),
        ),
      );
      for (const { status } of (await Promise.all(loops)).flat()) expect(status).to.be.oneOf([401, 403]);
      expect(await snapshot(statements, fixture.users, fixture.roles)).to.deep.equal(await revoking);
    });
  }
});
