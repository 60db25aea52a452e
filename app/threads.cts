// Loaded with `node --require` before the entry module: Node's ES module loader starts libuv's thread pool, and
// a pool that has started keeps its size. argon2 and WebCrypto share these threads. Hashing takes at most
// HASH_CONCURRENCY of them, so two more always remain for token checks.
import fs = require('node:fs');
import os = require('node:os');

const hashing = Number(process.env.HASH_CONCURRENCY) || os.availableParallelism();
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, hashing + 2));

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
