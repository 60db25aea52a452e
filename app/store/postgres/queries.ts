import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `users/find_by_email` is app/store/sql/users/find_by_email.sql. */
export type QueryName = `${string}/${string}`;

export type Queries = ReturnType<typeof loadQueries>;

export const queryFolder = fileURLToPath(new URL('../sql', import.meta.url));

/** `{{account_columns}}` in a query stands for the text of fragments/account_columns.sql. Fragments may nest. */
const placeholder = /\{\{(\w+)\}\}/g;

/** Names of all .sql files, without the extension. Every file is in a folder, which is part of its name. */
function listSqlFiles(folder: string): QueryName[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length).split(sep).join('/') as QueryName)
    .sort();
}

function missing(name: QueryName): never {
  throw new Error(`there is no query ${name}`);
}

/**
 * Returns a function that reads a query and inlines its fragments. An editor replaces a file, so the file may be
 * missing for a moment. Its last text stays in use meanwhile.
 */
function createReader(folder: string) {
  const texts = new Map<QueryName, string>();
  return function read(name: QueryName): string {
    const path = join(folder, `${name}.sql`);
    if (existsSync(path)) texts.set(name, readFileSync(path, 'utf8').trim());
    const text = texts.get(name) ?? missing(name);
    return text.replace(placeholder, (_, fragment) => read(`fragments/${fragment}`));
  };
}

/**
 * Reads the .sql files of the folder at the start and inlines the fragments. With `watch`, each use reads a query and
 * its fragments again, so that in development an edit takes effect without a restart.
 */
export function loadQueries(folder: string = queryFolder, options: { watch?: boolean } = {}) {
  const read = createReader(folder);
  const names = listSqlFiles(folder).filter((name) => !name.startsWith('fragments/'));
  const texts = new Map(names.map((name) => [name, read(name)]));
  return {
    names,
    /** @throws Error when there is no such query, or it includes a fragment that does not exist */
    text: (name: QueryName) => (options.watch ? read(name) : (texts.get(name) ?? missing(name))),
  };
}
