/** One attribute of a span. Its name is of the semantic conventions of OpenTelemetry. */
interface SpanAttribute {
  readonly type: 'string' | 'number';
  /** Whether each span of the type has it. */
  readonly isRequired?: true;
  readonly meaning: string;
}

/** One type of span. */
export interface SpanType {
  /** In plural, for the documentation. */
  readonly title: string;
  readonly kind: 'SERVER' | 'CLIENT' | 'INTERNAL';
  /** The form of its name: words in braces are attributes. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, SpanAttribute>>;
}

const errorOf = (what: string): SpanAttribute => ({
  type: 'string',
  meaning: `${what}: the code of the error as in the log, or the name of its class. Never a message, which may contain input.`,
});

/**
 * Every span of the service with all its attributes. docs/traces.md contains them as tables, and a test compares the spans of
 * a running service with them. No attribute is the address, the account or other input of a client, because traces often leave
 * the network of the operator. The request line of the log has the same trace id, and says who the client was.
 */
export const spanTypes = {
  request: {
    title: 'Requests',
    kind: 'SERVER',
    name: '{http.request.method} {http.route}',
    attributes: {
      'http.request.method': {
        type: 'string',
        isRequired: true,
        meaning: 'Method of the request, or `_OTHER` for an unusual one.',
      },
      'url.scheme': {
        type: 'string',
        isRequired: true,
        meaning: '`http` or `https`, as the request reached the service. A proxy usually ends TLS.',
      },
      'url.path': {
        type: 'string',
        isRequired: true,
        meaning:
          'Path without query. `*` stands for each parameter of a route, and elsewhere for each segment that could be an id, an address or a token.',
      },
      'http.route': { type: 'string', meaning: 'Template of the route. Absent if no route matches.' },
      'http.response.status_code': {
        type: 'number',
        isRequired: true,
        meaning: 'Status of the response, or that of an aborted one as in the request line of the log.',
      },
      'network.protocol.version': { type: 'string', isRequired: true, meaning: '`1.0` or `1.1`.' },
      'server.address': { type: 'string', meaning: 'Host name of the request, if ALLOWED_HOSTS allows it.' },
      'server.port': { type: 'number', meaning: 'Port behind the host name, if the request names one.' },
      'error.type': errorOf(
        'Only with a status from 500 on, which also sets the status of the span to error',
      ),
    },
  },
  query: {
    title: 'Queries',
    kind: 'CLIENT',
    name: '{db.query.summary}',
    attributes: {
      'db.system.name': { type: 'string', isRequired: true, meaning: '`postgresql`.' },
      'db.query.summary': {
        type: 'string',
        isRequired: true,
        meaning:
          'Name of the file in `app/store/sql`, such as `users/find_by_email`. Parameters are never recorded.',
      },
      'db.response.status_code': { type: 'string', meaning: 'SQLSTATE of a query that failed.' },
      'error.type': errorOf('Only of a query that failed'),
    },
  },
  command: {
    title: 'Redis commands',
    kind: 'CLIENT',
    name: '{db.operation.name}',
    attributes: {
      'db.system.name': { type: 'string', isRequired: true, meaning: '`redis`.' },
      'db.operation.name': {
        type: 'string',
        isRequired: true,
        meaning: 'Name of the command, such as `GET`. Keys and values are never recorded.',
      },
      'error.type': errorOf('Only of a command that failed'),
    },
  },
  hash: {
    title: 'Password hashes',
    kind: 'INTERNAL',
    name: 'argon2 hash, or argon2 verify',
    attributes: { 'error.type': errorOf('Only of a hash that failed, for example `overloaded`') },
  },
} as const satisfies Readonly<Record<string, SpanType>>;

type SpanTypes = typeof spanTypes;
export type SpanTypeName = keyof SpanTypes;

/** The attributes that a span of the type may have. */
export type SpanAttributes<T extends SpanTypeName> = {
  readonly [name in keyof SpanTypes[T]['attributes']]?: string | number;
};
