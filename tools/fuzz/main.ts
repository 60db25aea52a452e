import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findPostgres } from '../../test/support/servers.ts';

/*
 * `npm run fuzz -- --runs 100000 --seed 7 --store real`: the very properties of the tests in this folder, for longer.
 * Without a seed it takes a new one, which the report and every failure name.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    store: { type: 'string', default: 'embedded' },
  },
});

for (const name of ['runs', 'seed'] as const) {
  if (!/^\d{1,10}$/.test(values[name])) throw new TypeError(`--${name} must be a whole number`);
}
if (!['embedded', 'real'].includes(values.store)) throw new TypeError('--store must be embedded or real');

// Named, it must answer: without it the tests would leave out the real store and say nothing.
const server = values.store === 'real' ? await findPostgres() : null;
if (values.store === 'real' && !server)
  throw new TypeError('--store real needs a Postgres; see TEST_DATABASE_URL');

const { status } = spawnSync(
  'npx',
  ['mocha', '--grep', `parsers|\\[${values.store}\\]`, 'test/fuzz/**/*.test.ts'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(server && { TEST_DATABASE_URL: server }),
      FUZZ_RUNS: values.runs,
      FUZZ_SEED: values.seed,
    },
  },
);
process.exitCode = status ?? 1;
