import { mock } from 'node:test';
import { expect } from 'chai';
import { AppError } from '../../app/errors.ts';
import { createSessionStates } from '../../app/features/sessions/session-states.ts';
import { createPartitionJob } from '../../app/jobs/create-partitions.ts';
import { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import { createStore } from '../../app/store/store.ts';
import { kidOf, pemPair, recordingLog, useSigningKeys } from '../support/keys.ts';
import { openOwnDatabase } from '../support/own-database.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logIn, logInNewUser } from '../support/users.ts';

// Each line is compared with docs/log-events.schema.json as well, when it is parsed.

describe('The line of a failure that operators rarely see', () => {
  const { keyFiles, open } = useSigningKeys();
  const unavailable = new AppError('service_unavailable', { cause: new Error('connection refused') });

  it('is written when new keys cannot be announced, and they are in use', async () => {
    const [old, next] = [pemPair('old', 'EdDSA'), pemPair('next', 'EdDSA')];
    const files = keyFiles(old);
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const { events, keys, lines } = await open(files.env);
      keys.onChange(() => {
        throw new Error('unforeseen');
      });
      files.writePair(next);
      mock.timers.tick(5_000);
      await until(() => events().includes('signing_keys_unread'));
      expect(lines.at(-1)).to.include({ level: 'error', msg: 'changed key files could not be read' });
      expect(JSON.stringify(lines.at(-1)?.err)).to.contain('unforeseen');
      expect(keys.current().kid).to.equal(await kidOf(next));
    } finally {
      mock.timers.reset();
    }
  });

  it('is written when the events of other replicas cannot be subscribed to, and the service starts', async () => {
    const { lines, log } = recordingLog();
    const redis = { ...createInMemoryRedis(), subscribe: () => Promise.reject(unavailable) };
    // reason: nothing asks for a session here.
    const store = {} as Parameters<typeof createSessionStates>[0]['store'];
    const secret = () => Buffer.alloc(32);
    await createSessionStates({ store, redis, log, secret, onRefusedCopy: () => undefined });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ level: 'warn', event: 'session_events_unavailable' });
  });
});

onRealStore('The line of a failure of Postgres that operators rarely see', (stores) => {
  it('is written when a login cannot be recorded, and the user is logged in', async () => {
    const own = await openOwnDatabase(stores().config);
    try {
      const user = await logInNewUser(own.app);
      await own.run(`create function refuse_insert() returns trigger language plpgsql as
        $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$;
        create trigger refuse_insert before insert on login_histories for each row execute function refuse_insert()`);
      await logIn(own.app, user);
      const line = own.app.logged().find(({ event }) => event === 'login_history_lost');
      expect(line).to.include({ level: 'error', msg: 'a login was not recorded in the login history' });
      expect(line?.userId).to.match(/^[0-9a-f-]{36}$/);
    } finally {
      await own.close();
      await own.drop();
    }
  });

  it('is written when partitions cannot be created, and the job does not throw', async () => {
    const own = await openOwnDatabase(stores().config);
    const { lines, log } = recordingLog();
    try {
      await own.run('drop function create_login_history_partitions(integer) cascade');
      await createPartitionJob({ store: createStore(own.database), log })();
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ level: 'error', event: 'partitions_failed' });
    } finally {
      await own.close();
      await own.drop();
    }
  });
});
