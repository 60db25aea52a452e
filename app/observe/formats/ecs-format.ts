import type { ErrorText, LineFields, LineFormat, LineSource } from './line-format.ts';
import { serviceName } from './line-format.ts';

/** Version of the Elastic Common Schema whose fields are used. */
export const ecsVersion = '8.17.0';

/** Category and type of an event, and of the security event of a request line. */
export type EcsKinds = Readonly<
  Record<string, { readonly category: string; readonly type: readonly string[] } | undefined>
>;

/** A field of the type ip: Elasticsearch refuses a whole line in which the address is no address. */
const isAddress = (ip: unknown): ip is string => typeof ip === 'string' && ip !== 'unknown';

const nanosecondsOf = (milliseconds: unknown): number => Math.round(Number(milliseconds) * 1e6);

/** Fields that ECS has under another name. The others stay under their own names in the object `auth_service`. */
const mapped: ReadonlySet<string> = new Set([
  ...['event', 'security', 'outcome', 'reason', 'durationMs', 'requestId', 'method', 'status', 'route', 'ip'],
  ...['userId', 'traceId', 'spanId', 'err'],
]);

function unmappedFields(fields: LineFields): LineFields | null {
  let others: Record<string, unknown> | null = null;
  for (const name in fields) {
    if (mapped.has(name) || fields[name] === undefined) continue;
    others ??= {};
    others[name] = fields[name];
  }
  return others;
}

function outcomeOf({ outcome, event, status }: LineFields): unknown {
  if (outcome !== undefined || event !== 'request') return outcome;
  return Number(status) < 500 ? 'success' : 'failure';
}

function eventOf(fields: LineFields, kinds: EcsKinds) {
  const { durationMs, event, reason, security } = fields;
  const kind = kinds[`${security ?? event}`] ?? kinds[`${event}`];
  const outcome = outcomeOf(fields);
  return {
    kind: 'event',
    dataset: `${serviceName}.log`,
    // The name of the event, which never changes. The action of a request line is its security event, if it is one.
    ...(event !== undefined && { code: event, action: security ?? event }),
    ...(kind && { category: [kind.category], type: kind.type }),
    ...(outcome !== undefined && { outcome }),
    ...(typeof reason === 'string' && { reason }),
    ...(durationMs !== undefined && { duration: nanosecondsOf(durationMs) }),
  };
}

function httpOf({ event, method, requestId, status }: LineFields) {
  const isRequest = event === 'request' || event === 'protocol_error';
  if (requestId === undefined && !isRequest) return null;
  return {
    http: {
      request: { ...(requestId !== undefined && { id: requestId }), ...(method !== undefined && { method }) },
      ...(isRequest && { response: { status_code: status } }),
    },
  };
}

const errorOf = ({ code, message, stack, type }: ErrorText) => ({
  error: { type, message, stack_trace: stack, ...(code !== undefined && { code }) },
});

/** A template such as /api/v1/users/me; a request that no route matched has no path, because a client chose it. */
const pathOf = (route: unknown) =>
  typeof route === 'string' && route.startsWith('/') ? { url: { path: route } } : null;

/**
 * The Elastic Common Schema. As the specification of ECS logging asks, `log.level` and `ecs.version` are names with a dot
 * and all other fields are objects.
 * @param kinds the categories and types of events
 */
export const ecsFormat = ({ version }: LineSource, kinds: EcsKinds): LineFormat => ({
  base: { 'ecs.version': ecsVersion, service: { name: serviceName, ...(version && { version }) } },
  timeKey: '@timestamp',
  messageKey: 'message',
  level: (level) => ({ 'log.level': level }),
  fields(fields, _level, error) {
    const { ip, route, spanId, traceId, userId } = fields;
    const unmapped = unmappedFields(fields);
    return {
      event: eventOf(fields, kinds),
      ...httpOf(fields),
      ...pathOf(route),
      ...(isAddress(ip) && { client: { ip } }),
      ...(typeof userId === 'string' && { user: { id: userId } }),
      ...(traceId !== undefined && { trace: { id: traceId } }),
      ...(spanId !== undefined && { span: { id: spanId } }),
      ...(error && errorOf(error)),
      ...(unmapped && { auth_service: unmapped }),
    };
  },
});
