import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `users/find_by_email` is app/store/sql/users/find_by_email.sql. */
export type QueryName = `${string}/${string}`;

export interface Queries {
  readonly names: readonly QueryName[];
  /** @throws Error when there is no such file */
  text(name: QueryName): string;
}

export const queryFolder = fileURLToPath(new URL('../sql', import.meta.url));

interface Query {
  readonly text: string;
  readonly mtimeMs: number;
}

/** What is known of the file, unless it changed. Editors replace a file, so for a moment there may be none. */
function readQuery(file: string, known?: Query): Query | undefined {
  const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (mtimeMs === undefined || mtimeMs === known?.mtimeMs) return known;
  return { text: readFileSync(file, 'utf8').trim(), mtimeMs };
}

/**
 * Reads every .sql file of the folder, once. With `watch`, a file that changed is read again at its next use, so
 * that in development an edited query takes effect by itself.
 */
export function loadQueries(folder: string = queryFolder, options: { watch?: boolean } = {}): Queries {
  const fileOf = (name: string): string => join(folder, `${name}.sql`);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    // The folder is part of the name: files directly in it would have none.
    .map((file) => file.slice(0, -'.sql'.length).split(sep).join('/') as QueryName)
    .sort();
  const loaded = new Map(names.map((name) => [name, readQuery(fileOf(name))]));

  function current(name: QueryName): Query | undefined {
    if (!options.watch) return loaded.get(name);
    const query = readQuery(fileOf(name), loaded.get(name));
    loaded.set(name, query);
    return query;
  }

  return {
    names,
    text(name) {
      const query = current(name);
      if (!query) throw new Error(`there is no query ${name}`);
      return query.text;
    },
  };
}
