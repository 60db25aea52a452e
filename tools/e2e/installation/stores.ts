import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Postgres and Redis, as the pods of the cluster reach them. */
export interface Stores {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** PEM text of the CA of both servers; null if their certificates come from a public CA, or without TLS. */
  readonly ca: string | null;
}

/** Reads a file with the lines DB_PRIMARY_DB_URL, REDIS_URL and CA_FILE. @throws Error that names the missing line */
export function readStores(path: string): Stores {
  const { CA_FILE, DB_PRIMARY_DB_URL = '', REDIS_URL = '' } = parseEnv(readFileSync(path, 'utf8'));
  for (const [name, url] of Object.entries({ DB_PRIMARY_DB_URL, REDIS_URL }))
    if (!URL.canParse(url)) throw new Error(`${path}: ${name} is missing or is no URL`);
  return {
    databaseUrl: DB_PRIMARY_DB_URL,
    redisUrl: REDIS_URL,
    ca: CA_FILE ? readFileSync(CA_FILE, 'utf8') : null,
  };
}

/** The same server with another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
