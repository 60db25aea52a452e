// Loaded with `node --require` before the entry module, because Node's ES module loader starts libuv's thread pool and
// a started pool keeps its size. argon2 and WebCrypto share its threads. Hashing uses at most HASH_CONCURRENCY threads,
// so two more are always free for token checks.
import fs = require('node:fs');
import os = require('node:os');
import util = require('node:util');

/** The environment and the defaults in `.env`. app/main.ts loads that file too, but after the pool has started. */
function environment(): NodeJS.Dict<string> {
  try {
    // Not process.loadEnvFile: other variables of the file must not reach every program with this preload.
    return { ...util.parseEnv(fs.readFileSync('.env', 'utf8')), ...process.env };
  } catch {
    // There is no such file, or it cannot be read. The command reports that if it needs the file.
    return process.env;
  }
}

const { HASH_CONCURRENCY, UV_THREADPOOL_SIZE } = environment();
const hashing = Number(HASH_CONCURRENCY) || os.availableParallelism();
// 4 is libuv's default. With fewer threads than hashing plus two, logins would delay token checks.
process.env.UV_THREADPOOL_SIZE = String(Math.max(Number(UV_THREADPOOL_SIZE) || 4, hashing + 2));

// Hashing may use every CPU, but the thread that answers requests comes first, so the threads of the pool get a lower
// priority. At this one the scheduler still gives them a quarter of a CPU that both want, so a flood of requests does not
// stop logins. Linux has a priority for each thread. On other systems, or without the permission, nothing changes.
const lowPriority = Math.min(os.getPriority() + 5, os.constants.priority.PRIORITY_LOW);
const tasks = '/proc/self/task';

function threads(): number[] {
  try {
    return fs.readdirSync(tasks).map(Number);
  } catch {
    return [];
  }
}

const before = new Set(threads());
// The first asynchronous call starts all threads of the pool.
fs.stat('/', () => undefined);
for (const thread of threads()) {
  if (before.has(thread)) continue;
  try {
    os.setPriority(thread, lowPriority);
  } catch {
    break;
  }
}
