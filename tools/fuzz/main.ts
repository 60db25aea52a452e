import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findPostgres } from '../../test/support/servers.ts';

/*
 * `npm run fuzz -- --runs 100000 --seed 7 --store real` runs the tests in test/fuzz for longer. Without a seed it chooses
 * one; the report and every failure contain it.
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

// Without a real store the tests would skip it silently.
const server = values.store === 'real' ? await findPostgres() : null;
if (values.store === 'real' && !server)
  throw new TypeError('--store real needs a Postgres; see TEST_DATABASE_URL');

const { status } = spawnSync(
  'npx',
  ['mocha', '--grep', `parsers|\\[${values.store}\\]`, 'test/fuzz/**/*.{test,process}.ts'],
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
