import { clientRules } from './client-rules.ts';
import { kubernetesRules } from './kubernetes-rules.ts';
import type { LogRule } from './log-rule.ts';
import { nodeRules } from './node-rules.ts';
import { postgresRules } from './postgres-rules.ts';
import { readLines } from './read-lines.ts';
import { redisRules } from './redis-rules.ts';
import { ordinaryEvents, securityEventRules } from './security-events.ts';
import { startRules } from './start-rules.ts';
import { storeEventRules } from './store-events.ts';

const eventRules: readonly LogRule[] = [...storeEventRules, ...securityEventRules];

/** From the special to the general: the first rule that matches a line explains it. */
const textRules: readonly LogRule[] = [
  ...startRules,
  ...kubernetesRules,
  ...clientRules,
  ...postgresRules,
  ...redisRules,
  ...nodeRules,
];

/** Failed requests, by the status in the request log of the service. */
const serverErrors: LogRule = {
  id: 'requests-failed',
  pattern: /"?status(?:_code)?"?: ?5\d\d\b/,
  severity: 'failed',
  meaning: 'Requests were answered with 5xx',
  fix: 'Look at the other explanations; 503 means that a store or the hash queue was not available',
  check: 'service-ready',
  runbook: 'AuthAvailabilityBudgetBurnFast',
};

/** Every rule. Ids are permanent. */
export const logRules: readonly LogRule[] = [...eventRules, serverErrors, ...textRules];

/** Most lines match no rule, and one pattern tells so faster than all of them. */
const anyText = new RegExp(textRules.map(({ pattern }) => `(?:${pattern.source})`).join('|'), 'i');

/** In JSON and in the format of Google (`"event":"login"`), and in the lines of pino-pretty (`event: "login"`). */
const eventPattern = /\bevent"?: ?"([a-z_]+)"/;

/** In the Elastic Common Schema: `"event":{…,"code":"login"`, or flat if a collector has changed it. */
const ecsEventPattern = /"event":\{[^{}]*?"code":"([a-z_]+)"|"event\.code":"([a-z_]+)"/;

const timePattern = /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?Z?|^\[\d\d:\d\d:\d\d\.\d{3}\]/;

export interface Explanation {
  readonly rule: LogRule;
  readonly count: number;
  /** As the log writes its times. Null if no line before had a time. */
  readonly first: string | null;
  readonly last: string | null;
}

export interface ExplainedLog {
  readonly lines: number;
  /** Lines that no rule knows and that are no ordinary line of the service. */
  readonly unknown: number;
  /** Failures first, then the most frequent. */
  readonly explanations: readonly Explanation[];
}

/** Requests and logins contain what clients wrote, so no pattern is searched for in them. */
const isWrittenByClients = (event: string): boolean => event === 'request' || event === 'login';

function findEvent(line: string): string | null {
  const found = ecsEventPattern.exec(line) ?? eventPattern.exec(line);
  return found?.[1] ?? found?.[2] ?? null;
}

/** The rules that explain the line. */
function rulesFor(line: string, event: string | null): LogRule[] {
  if (event === 'request' && serverErrors.pattern.test(line)) return [serverErrors];
  if (event !== null && isWrittenByClients(event)) return [];
  const text = event === null ? '' : `${event} ${line}`;
  const ofEvent = event === null ? undefined : eventRules.find(({ pattern }) => pattern.test(text));
  const ofText = anyText.test(line) ? textRules.find(({ pattern }) => pattern.test(line)) : undefined;
  return [ofEvent, ofText].filter((rule) => rule !== undefined);
}

/** Lines that belong to the line before: a stack, or the fields that pino-pretty writes below a message. */
const isContinuation = (line: string): boolean => /^\s+\S|^\s*[}\])]?\s*$/.test(line);

/**
 * Explains the lines of a log of any size. Nothing of the log is kept but times and counts, so that no secret in it can be
 * printed.
 */
export async function explainLog(source: AsyncIterable<Buffer>): Promise<ExplainedLog> {
  const found = new Map<LogRule, { count: number; first: string | null; last: string | null }>();
  let [lines, unknown] = [0, 0];
  let time: string | null = null;
  await readLines(source, (line) => {
    lines += 1;
    time = timePattern.exec(line.slice(0, 400))?.[0] ?? time;
    const event = findEvent(line);
    const rules = rulesFor(line, event);
    for (const rule of rules) {
      const entry = found.get(rule);
      if (entry) {
        entry.count += 1;
        entry.last = time;
      } else found.set(rule, { count: 1, first: time, last: time });
    }
    const isKnown = rules.length > 0 || (event !== null && ordinaryEvents.test(event));
    if (!isKnown && !isContinuation(line)) unknown += 1;
  });
  const explanations = [...found].map(([rule, seen]) => ({ rule, ...seen }));
  const weight = ({ rule }: Explanation): number => (rule.severity === 'failed' ? 0 : 1);
  explanations.sort((one, other) => weight(one) - weight(other) || other.count - one.count);
  return { lines, unknown, explanations };
}
