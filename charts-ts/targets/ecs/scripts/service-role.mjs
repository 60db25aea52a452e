// Creates the role of the service in Postgres, or gives it the password of DB_PRIMARY_DB_URL. Does nothing if the role can
// log in. Runs in a container of the image before the migration, as the owner of the database. It has no template strings,
// because CloudFormation would take them for its own.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import postgres from 'postgres';

const ca = (process.env.DB_CA ?? '').replaceAll('\\n', '\n');
const open = (url) => postgres(url, { max: 1, ssl: { ca }, fetch_types: false, onnotice: () => undefined });

// A hash, so that no log of Postgres contains the password (RFC 5802).
function scramVerifier(password) {
  const [salt, iterations] = [randomBytes(16), 4096];
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  const keys = [stored, key('Server Key').toString('base64')];
  return ['SCRAM-SHA-256', [iterations, salt.toString('base64')].join(':'), keys.join(':')].join('$');
}

async function canLogIn(url) {
  const sql = open(url);
  try {
    await sql.unsafe('select 1');
    return true;
  } catch (error) {
    // No such role, a wrong password, or a role that may not connect to the database.
    if (['28000', '28P01', '42501'].includes(error.code)) return false;
    throw error;
  } finally {
    await sql.end();
  }
}

const statements = `select format(case when exists (select from pg_catalog.pg_roles where rolname = $1)
  then 'alter' else 'create' end || ' role %I login password %L', $1::text, $2::text) as role,
  format('revoke all on database %I from public', current_database()) as revoke,
  format('grant connect on database %I to %I', current_database(), $1::text) as connect`;

async function writeRole(ownerUrl, name, password) {
  const sql = open(ownerUrl);
  try {
    await sql.begin(async (tx) => {
      // Several tasks start at once.
      await tx.unsafe("select pg_advisory_xact_lock(hashtext('auth-service-role'))");
      const [texts] = await tx.unsafe(statements, [name, scramVerifier(password)]);
      for (const text of Object.values(texts)) await tx.unsafe(text);
    });
  } finally {
    await sql.end();
  }
}

const { DB_MIGRATION_URL, DB_PRIMARY_DB_URL } = process.env;
const { password, username } = new URL(DB_PRIMARY_DB_URL);
const isReady = await canLogIn(DB_PRIMARY_DB_URL);
if (!isReady) await writeRole(DB_MIGRATION_URL, decodeURIComponent(username), decodeURIComponent(password));
process.stdout.write([JSON.stringify({ event: 'service_role', changed: !isReady }), ''].join('\n'));
