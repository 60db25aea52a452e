import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { parseTarget } from '../../app/store/postgres/connection-target.ts';
import { createScratchDatabase } from './stores.ts';

/** Resolves to the SQLSTATE with which the statement failed, or to `done`. */
export type Attempt = (statement: string) => Promise<string>;

/**
 * A database with an owner and a role for the service, as docs/operations.md creates them. Roles belong to the server and
 * not to the database, so their names are random and `drop` removes them.
 */
export async function createDatabaseWithRoles() {
  const suffix = randomBytes(6).toString('hex');
  const [owner, service] = [`auth_test_owner_${suffix}`, `auth_test_service_${suffix}`];
  const password = randomBytes(12).toString('hex');
  const scratch = await createScratchDatabase();
  const connections: postgres.Sql[] = [];

  const urlOf = (role: string) => () => {
    const url = new URL(scratch.url());
    [url.username, url.password] = [role, password];
    return url.href;
  };
  function connectTo(url: () => string): postgres.Sql {
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    const sql = postgres(parseTarget(target).url, { max: 1, fetch_types: false, onnotice: () => undefined });
    connections.push(sql);
    return sql;
  }
  const attemptWith =
    (sql: postgres.Sql): Attempt =>
    async (statement) => {
      try {
        await sql.unsafe(statement);
        return 'done';
      } catch (error) {
        return error instanceof postgres.PostgresError ? error.code : String(error);
      }
    };

  const admin = connectTo(scratch.url);
  const ownerSql = connectTo(urlOf(owner));
  const database = new URL(scratch.url()).pathname.slice(1);
  for (const role of [owner, service]) await admin.unsafe(`create role ${role} login password '${password}'`);
  await admin.unsafe(`alter database ${database} owner to ${owner};
    revoke all on database ${database} from public;
    grant connect on database ${database} to ${service}`);

  return {
    owner,
    service,
    admin,
    adminUrl: scratch.url,
    ownerUrl: urlOf(owner),
    serviceUrl: urlOf(service),
    ownerSql,
    asOwner: attemptWith(ownerSql),
    asService: attemptWith(connectTo(urlOf(service))),
    async drop(): Promise<void> {
      await Promise.all(connections.map((sql) => sql.end()));
      // Everything that the roles owned or were granted was in the database.
      await scratch.drop([owner, service]);
    },
  };
}
