import { fileURLToPath } from 'node:url';
import type { Course } from '../drill.ts';
import { registerUser, repeat, sendLogin } from '../traffic.ts';

const blocker = fileURLToPath(new URL('../block-on-signal.cjs', import.meta.url));

/** Passwords are hashed as in production, one at a time, and few may wait. */
export const load: Course = {
  name: 'load',
  env: {
    ...{ ARGON2_MEMORY_KIB: '19456', ARGON2_TIME: '2', HASH_CONCURRENCY: '1', HASH_QUEUE_MAX: '4' },
    NODE_OPTIONS: `--require=${blocker}`,
  },
  drills: [
    {
      cause: 'twenty clients log in at once, and five of them have a place in the hash queue',
      alerts: ['AuthHashQueueSaturated'],
      async begin({ url }, started) {
        const user = await registerUser(url);
        started();
        return repeat(20, 20, () => sendLogin(url, user));
      },
    },
    {
      cause: 'the event loop is blocked for 0.4 of each 0.5 s',
      alerts: ['AuthEventLoopLag'],
      async begin({ pods: [pod] }) {
        pod?.signal('SIGUSR2');
        return () => pod?.signal('SIGUSR2');
      },
    },
  ],
};
