import { aliases, type Environment, secretVariables, variables } from '../../config/config.ts';

const known = new Set([
  ...Object.keys(variables),
  ...aliases,
  ...secretVariables.map((name) => `${name}_FILE`),
]);

/** Beginnings that only variables of this service have on a usual machine. */
const ownPrefixes = /^(JWT_|CORS_|ARGON2_|DB_PRIMARY_|DB_REPLICA_|DB_POOL_|RATE_LIMIT)/;

/** Shorter names resemble too many others, such as HOST and HOME. */
const shortestName = 7;

/** The number of characters to insert, delete or replace (Levenshtein 1966). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

const plain = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

function nearest(name: string): string | null {
  const candidates = [...known].filter((candidate) => candidate.length >= shortestName);
  const distances = candidates.map(
    (candidate) => [candidate, editDistance(plain(name), plain(candidate))] as const,
  );
  const [best] = distances.sort(([, one], [, other]) => one - other);
  return best && best[1] <= 2 ? best[0] : null;
}

export interface UnknownVariable {
  readonly name: string;
  /** The variable that was probably meant. */
  readonly meant: string | null;
}

/** Variables of the environment that look like ours and that nobody reads. */
export function findUnknownVariables(env: Environment): UnknownVariable[] {
  return Object.keys(env)
    .filter((name) => !known.has(name) && name.length >= shortestName)
    .map((name) => ({ name, meant: nearest(name) }))
    .filter(({ name, meant }) => meant !== null || ownPrefixes.test(name))
    .sort((one, other) => one.name.localeCompare(other.name));
}
