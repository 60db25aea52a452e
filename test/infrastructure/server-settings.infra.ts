import { type OwnDatabase, openOwnDatabase } from '../support/own-database.ts';
import { runStatement } from '../support/run-statement.ts';
import {
  checkEverydayRequests,
  createSchema,
  foreignSettings,
  setStatement,
} from '../support/server-settings.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';

onRealStore('The everyday requests, and the migrations before them, succeed', (stores) => {
  async function check(
    before: (database: string) => readonly string[],
    wait: (own: OwnDatabase) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const own = await openOwnDatabase(stores().config, { before, connections: 2 });
    try {
      await wait(own);
      await checkEverydayRequests(own.app);
    } finally {
      await own.close();
      await own.drop();
    }
  }

  for (const setting of foreignSettings) {
    it(`with ${setting[0]} = ${setting[1] || "''"}`, () =>
      check((database) => [createSchema('elsewhere'), setStatement(database, setting)]));
  }

  it('with a schema that is named like the role and has tables of the same names', () => {
    const { username } = new URL(stores().url());
    return check(() => [createSchema(username)]);
  });

  it('on connections that were idle for longer than idle_session_timeout', () =>
    check(
      (database) => [setStatement(database, ['idle_session_timeout', '1s'])],
      async ({ run }) => {
        const [backend] = await run<{ pid: number }>('select pg_backend_pid() as pid');
        const idle = `select 1 from pg_stat_activity where pid = ${backend?.pid} and now() - state_change > interval '1.2 s'`;
        await until(async () => (await runStatement(stores(), idle)).length === 1);
      },
    ));
});
