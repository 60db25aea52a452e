/**
 * The events of the log that no test of `npm test` logs, and the process tests that read them from a process. run.ts fails if
 * a whole run has not seen one of the others, and hooks.ts fails if the tests of such a file pass without its events.
 */
export const seenByProcessTests: Readonly<Record<string, readonly string[]>> = {
  'test/commands/database-alone.process.ts': ['unused_variable_faulty'],
  'test/commands/serve.process.ts': ['crashed'],
  'test/features/sessions/forged-state-copies.process.ts': ['state_copy_refused'],
  'test/jobs/record-signing-keys.process.ts': ['signing_key_ages_unread'],
  'test/store/postgres/migration-locks.process.ts': ['migration_waits'],
  'test/store/redis/eviction.process.ts': ['redis_evicts'],
  'test/store/redis/tls.process.ts': ['redis_unverified'],
  'test/processes/first-start.process.ts': ['embedded_stores'],
  'test/processes/log-format.process.ts': ['log_format_unavailable'],
  'test/processes/port-keeper.process.ts': ['connections_taken_over', 'port_keeper_unavailable'],
};

/** The events of a whole run that nobody has seen. @param all the events of the table */
export function unseenEvents(all: readonly string[], seen: readonly string[]): string[] {
  const known = new Set([...seen, ...Object.values(seenByProcessTests).flat()]);
  return all.filter((name) => !known.has(name));
}

interface TestState {
  readonly file: string;
  readonly hasPassed: boolean;
}

/** What a run refutes of `seenByProcessTests`. It says nothing about a file of which a test failed or did not run. */
export function falseClaims(tests: readonly TestState[], seen: readonly string[]): string[] {
  return Object.entries(seenByProcessTests).flatMap(([file, events]) => {
    const own = tests.filter((test) => test.file.endsWith(file));
    if (own.length === 0 || !own.every(({ hasPassed }) => hasPassed)) return [];
    return events.filter((name) => !seen.includes(name)).map((name) => `${file} did not see ${name}`);
  });
}
