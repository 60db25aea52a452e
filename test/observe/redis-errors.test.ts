import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { meaningOf, redisErrorReasons } from '../../app/observe/redis-errors.ts';

/** Messages of Redis 6.2 and 7, and of the client. */
const messages: Record<string, readonly string[]> = {
  'no_permission configuration': [
    "NOPERM User service has no permissions to run the 'get' command",
    'NOPERM this user has no permissions to access one of the keys used as arguments',
    "ERR The user executing the script can't run this command or subcommand script: 1f, on @user_script:3.",
  ],
  'unauthenticated configuration': [
    'NOAUTH HELLO must be called with the client already authenticated',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'ERR invalid password',
    'DENIED Redis is running in protected mode because protected mode is enabled',
    'All sentinels are unreachable. Retrying from scratch after 50ms. Last error: WRONGPASS invalid',
  ],
  'wrong_database configuration': [
    'ERR DB index is out of range',
    'ERR SELECT is not allowed in cluster mode',
  ],
  'wrong_mode configuration': [
    'MOVED 3999 127.0.0.1:6381',
    "CROSSSLOT Keys in request don't hash to the same slot",
    'ERR This instance has cluster support disabled',
  ],
  'sentinel configuration': ['ERR REDIS_URL names a sentinel'],
  'unknown_master configuration': [
    'All sentinels are unreachable. Last error: ERR No such master with that name',
    'connected to sentinel a:26379 successfully, but got an invalid reply: null',
  ],
  'unknown_command configuration': [
    "ERR unknown command 'evalsha', with args beginning with: 'x'",
    "ERR Unknown subcommand 'SLOTS'. Try CLUSTER HELP.",
  ],
  'read_only refused_write': ["READONLY You can't write against a read only replica."],
  'out_of_memory refused_write': [
    "OOM command not allowed when used memory > 'maxmemory'.",
    'ERR Error running script (call to f_1): @user_script:3: -OOM command not allowed',
  ],
  'not_persistent refused_write': ['MISCONF Redis is configured to save RDB snapshots'],
  'too_few_replicas refused_write': ['NOREPLICAS Not enough good replicas to write.'],
  'loading outage': ['LOADING Redis is loading the dataset in memory', 'MASTERDOWN Link with MASTER is down'],
  'busy outage': ['BUSY Redis is busy running a script.', 'ERR max number of clients reached'],
  'shard_down outage': [
    'CLUSTERDOWN The cluster is down',
    'Too many Cluster redirections. Last error: MOVED 1 a:1',
  ],
  'no_answer outage': ['Command timed out', 'Connection is closed.'],
};

describe('The meaning of an error of Redis', () => {
  for (const [meaning, texts] of Object.entries(messages)) {
    it(`is ${meaning}`, () => {
      for (const text of texts) {
        const { reason, class: is } = meaningOf(new Error(text)) ?? {};
        expect([text, `${reason} ${is}`]).to.deep.equal([text, meaning]);
      }
    });
  }

  it('is unknown for an error that concerns one command only', () => {
    for (const text of [
      'NOSCRIPT No matching script.',
      'WRONGTYPE Operation against a key',
      'TRYAGAIN Multiple keys',
    ])
      expect(meaningOf(new Error(text))).to.equal(null);
    expect(meaningOf('READONLY')).to.equal(null);
  });

  it('has a test for every reason, and a line in docs/redis.md', () => {
    const tested = Object.keys(messages).map((meaning) => meaning.split(' ')[0]);
    expect(tested).to.have.members(redisErrorReasons);
    const text = readFileSync('docs/redis.md', 'utf8');
    expect(redisErrorReasons.filter((reason) => !text.includes(`\`${reason}\``))).to.deep.equal([]);
  });
});
