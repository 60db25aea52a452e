// Loaded with `node --require` before the entry module: Node's ES module loader starts libuv's thread pool, and
// a pool that has started keeps its size. argon2 and WebCrypto share these threads. Hashing takes at most
// HASH_CONCURRENCY of them, so two more always remain for token checks.
import os = require('node:os');

const hashing = Number(process.env.HASH_CONCURRENCY) || os.availableParallelism();
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, hashing + 2));
