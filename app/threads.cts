// Loaded with `node --require` before the entry module: Node's ES module loader starts libuv's thread pool, and
// a pool that has started keeps its size. argon2 and WebCrypto share these threads. Hashing takes at most
// HASH_CONCURRENCY of them, so two more always remain for token checks.
import fs = require('node:fs');
import os = require('node:os');
import util = require('node:util');

/** The environment, and below it `.env`, which app/main.ts loads when the pool has long started. */
function environment(): NodeJS.Dict<string> {
  try {
    // Not process.loadEnvFile: what else the file says is not for every program that is given this preload.
    return { ...util.parseEnv(fs.readFileSync('.env', 'utf8')), ...process.env };
  } catch {
    // There is none, or it cannot be read: a command that needs it says so.
    return process.env;
  }
}

const { HASH_CONCURRENCY, UV_THREADPOOL_SIZE } = environment();
const hashing = Number(HASH_CONCURRENCY) || os.availableParallelism();
// 4 is libuv's own default. A smaller pool than hashing and two more would let logins hold up token checks.
process.env.UV_THREADPOOL_SIZE = String(Math.max(Number(UV_THREADPOOL_SIZE) || 4, hashing + 2));

// Hashing may take every CPU there is, but must give way to the thread that answers requests: the pool's threads get
// a lower priority. Linux keeps one for each thread; elsewhere, or where it is forbidden, all stay equal.
const lowPriority = 10;
const tasks = '/proc/self/task';

function threads(): number[] {
  try {
    return fs.readdirSync(tasks).map(Number);
  } catch {
    return [];
  }
}

const before = new Set(threads());
// The first asynchronous call starts the whole pool.
fs.stat('/', () => undefined);
for (const thread of threads()) {
  if (before.has(thread)) continue;
  try {
    os.setPriority(thread, lowPriority);
  } catch {
    break;
  }
}
