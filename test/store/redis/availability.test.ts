import { expect } from 'chai';
import { createAvailability } from '../../../app/store/redis/availability.ts';
import { recordingLog } from '../../support/keys.ts';

describe('The availability of Redis', () => {
  function open() {
    const { log, lines } = recordingLog();
    const changes: boolean[] = [];
    const availability = createAvailability(log, (isAvailable) => changes.push(isAvailable));
    availability.back('connection');
    const logged = () => lines.map(({ level, event, reason }) => [level, event, reason].join(' ').trim());
    return { availability, changes, logged };
  }

  it('begins with the first connection, without a line in the log', () => {
    const { changes, logged } = open();
    expect([changes, logged()]).to.deep.equal([[false, true], []]);
  });

  it('logs a problem once, however often it is reported, and its end', () => {
    const { availability, logged } = open();
    for (let n = 0; n < 3; n += 1) availability.lost('connection', new Error('Command timed out'));
    for (let n = 0; n < 2; n += 1) availability.back('connection');
    expect(logged()).to.deep.equal(['warn redis_lost no_answer', 'info redis_back']);
  });

  it('ends only with the last problem', () => {
    const { availability, changes } = open();
    availability.lost('shard a:1', new Error('Connection is closed.'));
    availability.lost('shard b:1', new Error('Connection is closed.'));
    availability.back('shard a:1');
    expect([changes, availability.isAvailable()]).to.deep.equal([[false, true, false], false]);
    availability.back('shard b:1');
    expect(changes).to.deep.equal([false, true, false, true]);
  });

  it('logs a mistake that follows an outage, but no outage that follows a mistake', () => {
    const { availability, logged } = open();
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (const error of [refused, new Error('WRONGPASS invalid'), refused, new Error('WRONGPASS invalid')])
      availability.lost('connection', error);
    expect(logged()).to.deep.equal(['warn redis_lost unreachable', 'error redis_lost unauthenticated']);
  });

  it('logs nothing for a connection that was closed without an error and is back', () => {
    const { availability, changes, logged } = open();
    availability.lost('connection');
    availability.back('connection');
    expect([changes, logged()]).to.deep.equal([[false, true, false, true], []]);
  });
});
