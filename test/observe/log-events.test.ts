import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventSpecs } from '../../tools/docs/log-schema.ts';
import { faultOf, type LogLine } from '../support/log-lines.ts';
import { somewhere } from '../support/somewhere.ts';
import { falseClaims, seenByProcessTests, unseenEvents } from '../support/unseen-events.ts';

/** Every `event: '…'` in the source, without the table of events itself. */
function eventsInSource(): string[] {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('observe/events/'),
  );
  const texts = files.map((file) => readFileSync(join('app', file), 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(/\bevent: '(\w+)'/g)].map(([, name = '']) => name));
  return [...new Set(names)].sort();
}

/** Security events that no request causes, so that there is no client to name. */
const withoutClient: Readonly<Record<string, string>> = {
  signing_keys_changed: 'an operator changed files',
  signing_key_revoked: 'an operator revoked a key',
  signing_key_unusable: 'an operator revoked a key',
  history_unprotected: 'found at the start of the process',
  service_role_granted: 'an operator runs migrate',
  service_role_may_create: 'an operator runs migrate',
};

/** Security events whose client is nobody yet, so that there is only the place. */
const withoutSubject: Readonly<Record<string, string>> = {
  protocol_error: 'the request could not be read',
  breach_check_failed: 'the failure of a server; the request line has the user',
};

describe('The table of log events', () => {
  it('has the events that the source logs, all of them and no others', () => {
    expect(eventsInSource()).to.deep.equal(eventSpecs.map(([name]) => name).sort());
  });

  it('gives each field one type in all events, as the index of a log store needs', () => {
    const types = new Map<string, Set<string>>();
    for (const [, { optional, required }] of eventSpecs)
      for (const [name, { schema }] of Object.entries({ ...required, ...optional })) {
        const { anyOf, const: constant, enum: choices, type } = schema;
        const [first] = Array.isArray(anyOf) ? anyOf : [schema];
        const found = choices || first.enum ? 'string' : (first.type ?? type ?? typeof constant);
        types.set(name, (types.get(name) ?? new Set()).add(String(found)));
      }
    const ambiguous = [...types].filter(([, found]) => found.size > 1).map(([name]) => name);
    expect(ambiguous).to.deep.equal([]);
  });

  it('says of each security event from where it came, and who caused it (16.2.1)', () => {
    for (const [name, { isSecurity, optional, required }] of eventSpecs) {
      if (!isSecurity || name in withoutClient) continue;
      const fields = Object.keys({ ...required, ...optional });
      expect(fields, name).to.include.members(['requestId', 'ip', 'network']);
      if (!(name in withoutSubject))
        expect(
          ['userId', 'sessionId', 'accountRef'].some((who) => fields.includes(who)),
          name,
        ).to.equal(true);
    }
  });

  it('has no field for what the log must not contain (16.2.5)', () => {
    const names = eventSpecs.flatMap(([, { optional, required }]) =>
      Object.keys({ ...required, ...optional }),
    );
    expect(
      names.filter((name) => /mail|password|token|secret|cookie|authorization|query$|body$/i.test(name)),
    ).to.deep.equal([]);
  });
});

describe('The events that only process tests see', () => {
  const names = eventSpecs.map(([name]) => name);
  const [file = '', events = []] = Object.entries(seenByProcessTests)[0] ?? [];
  const passed = { file: join(process.cwd(), file), hasPassed: true };

  it('exist, as their files do', () => {
    expect(names).to.include.members(Object.values(seenByProcessTests).flat());
    expect(Object.keys(seenByProcessTests).filter((path) => !existsSync(path))).to.deep.equal([]);
  });

  it('must be seen where all tests of their file passed', () => {
    expect(falseClaims([passed], events)).to.deep.equal([]);
    expect(falseClaims([passed], [])).to.deep.equal(events.map((name) => `${file} did not see ${name}`));
    expect(falseClaims([passed, { ...passed, hasPassed: false }], [])).to.deep.equal([]);
    expect(falseClaims([{ ...passed, file: 'other.process.ts' }], [])).to.deep.equal([]);
  });

  it('are the only ones that a whole run need not see', () => {
    const seen = names.filter((name) => !events.includes(name) && name !== 'request');
    expect(unseenEvents(names, seen)).to.deep.equal(['request']);
  });
});

describe('The schema of log lines', () => {
  const line: LogLine = {
    ...{ level: 'warn', time: '2026-11-27T10:00:00.000Z', service: 'auth-service', msg: 'text' },
    ...{ event: 'account_locked', accountRef: 'reference', userId: null, ...somewhere },
  };

  it('accepts a line of an event, and a line for developers', () => {
    const { time, service, msg } = line;
    expect(faultOf(line)).to.equal(null);
    expect(faultOf({ level: 'debug', time, service, msg, anything: [1] })).to.equal(null);
  });

  const { accountRef, ip, time, ...rest } = line;
  const mistakes: readonly [title: string, line: LogLine, fault: RegExp][] = [
    ['that does not say which account', { ...rest, ip, time }, /accountRef/],
    ['that does not say from where', { ...rest, accountRef, time }, /'ip'/],
    ['with a field that is not in the schema', { ...line, email: 'somebody@example.com' }, /additional/],
    ['with a field of another type', { ...line, userId: 7 }, /userId/],
    ['at another level', { ...line, level: 'info' }, /level/],
    ['without a time', { ...rest, accountRef, ip }, /time/],
    ['with a time that is none', { ...line, time: 'yesterday' }, /time/],
    ['of an unknown event', { ...line, event: 'account_blocked' }, /unknown event account_blocked/],
    ['without an event, above the level debug', { ...rest, event: undefined, ip, time }, /debug_line/],
  ];
  for (const [title, mistaken, fault] of mistakes) {
    it(`refuses a line ${title}`, () => {
      expect(faultOf(JSON.parse(JSON.stringify(mistaken)))).to.match(fault);
    });
  }
});
