// Runs in a pod of the image of the service: node database.mjs. Standard input contains JSON: the URL of a database whose
// role may create others, the CA of its server or null, and the names to create or to drop.
import { text } from 'node:stream/consumers';
import { checkServerIdentity } from 'node:tls';
import postgres from '/srv/auth/node_modules/postgres/src/index.js';

const { ca, create = [], drop = [], url } = JSON.parse(await text(process.stdin));
const { hostname, searchParams } = new URL(url);
const tls = {
  ca: ca ?? undefined,
  // For an address the driver passes no name, and Node.js would compare the certificate with `localhost`.
  checkServerIdentity: (_name, certificate) => checkServerIdentity(hostname, certificate),
};
const isPlain = searchParams.get('sslmode') === 'disable';
const sql = postgres(url, { max: 1, ssl: isPlain ? false : tls, onnotice: () => undefined });
try {
  for (const name of create) await sql`create database ${sql(name)}`;
  for (const name of drop) await sql`drop database if exists ${sql(name)} with (force)`;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
await sql.end();
