import { ports } from '../../../names.ts';
import { duration } from './durations.ts';
import { all, type Directive, NginxSyntaxError, parseNginx } from './nginx-parser.ts';
import type { Rule, Server } from './rule.ts';

const file = 'nginx/nginx.conf';

/** The tree, or none if it cannot be read, which the rule `nginx-syntax` reports. */
function tree({ files }: Server): Directive[] {
  try {
    return parseNginx(files.get(file) ?? '');
  } catch (error) {
    if (error instanceof NginxSyntaxError) return [];
    throw error;
  }
}

const first = (block: readonly Directive[], name: string): Directive | undefined =>
  block.find((directive) => directive.name === name);
const listensOn = ({ block = [] }: Directive, port: string): boolean =>
  block.some(({ name, args }) => name === 'listen' && args[0]?.split(':').at(-1) === port);
const isDefault = ({ block = [] }: Directive): boolean =>
  block.some(({ name, args }) => name === 'listen' && args.includes('default_server'));
const headerOf = (directives: readonly Directive[], header: string) =>
  directives.find(
    ({ name, args }) => name === 'proxy_set_header' && args[0]?.toLowerCase() === header.toLowerCase(),
  );

/** The environment of the first replica, from which the configuration of nginx must not differ. */
const environment = ({ compose }: Server): Readonly<Record<string, string>> =>
  compose.services['auth-service']?.environment ?? {};

function rule(id: string, check: (nodes: readonly Directive[], server: Server) => Iterable<string>): Rule {
  return { id, file, check: (server) => check(tree(server), server) };
}

const syntax: Rule = {
  id: 'nginx-syntax',
  file,
  *check({ files }) {
    try {
      if (parseNginx(files.get(file) ?? '').length === 0) yield 'the file is empty or missing';
    } catch (error) {
      if (!(error instanceof NginxSyntaxError)) throw error;
      yield error.message;
    }
  },
};

const tls = rule('tls-versions', function* (nodes) {
  for (const { args, line } of all(nodes, 'ssl_protocols'))
    for (const version of args.filter((one) => !['TLSv1.2', 'TLSv1.3'].includes(one)))
      yield `line ${line}: ${version} is not secure: allow TLSv1.2 and TLSv1.3 only`;
  if (nodes.length > 0 && [...all(nodes, 'ssl_protocols')].length === 0)
    yield 'ssl_protocols is missing, and older releases of nginx then allow TLS 1.0';
});

const hsts = rule('one-hsts', function* (nodes) {
  for (const { args, line } of all(nodes, 'add_header'))
    if (args[0]?.toLowerCase() === 'strict-transport-security')
      yield `line ${line}: the service sends Strict-Transport-Security itself: remove the second one`;
});

/** A block with fields of its own inherits none of those above it. */
const forwarded = rule('forwarded-for', function* (nodes) {
  for (const { args, line } of all(nodes, 'proxy_set_header'))
    if (args[0]?.toLowerCase() === 'x-forwarded-for' && args[1] !== '$remote_addr')
      yield `line ${line}: X-Forwarded-For must be $remote_addr, because a client can write everything else in it`;
  function* walk(block: readonly Directive[], inherited: readonly Directive[]): Iterable<string> {
    const fields = block.filter(({ name }) => name === 'proxy_set_header');
    const effective = fields.length > 0 ? fields : inherited;
    for (const { line, name } of block)
      if (name === 'proxy_pass')
        for (const header of ['X-Forwarded-For', 'Host'].filter((one) => !headerOf(effective, one)))
          yield `line ${line}: the requests of this location have no ${header}: set it beside the other fields of the block`;
    for (const { block: inner } of block) if (inner) yield* walk(inner, effective);
  }
  yield* walk(nodes, []);
});

const upstream = rule('upstream-addresses', function* (nodes, { compose }) {
  const pools = [...all(nodes, 'upstream')].filter(({ args }) => args[0] === 'auth_service');
  const given = pools.flatMap(({ block = [] }) => block.filter(({ name }) => name === 'server'));
  const wanted = Object.entries(compose.services)
    .filter(([name]) => name.startsWith('auth-service'))
    .map(([name, { networks }]) => ({ name, server: `${networks.default?.ipv4_address}:${ports.http}` }));
  for (const { name, server } of wanted)
    if (!given.some(({ args }) => args[0] === server))
      yield `the upstream auth_service lacks ${server}, the address of the container ${name}`;
  for (const { args, line } of given)
    if (!wanted.some(({ server }) => server === args[0]))
      yield `line ${line}: no container has the address ${args[0]}`;
});

const keepAlive = rule('keep-alive', function* (nodes, server) {
  const limit = environment(server).KEEP_ALIVE_TIMEOUT ?? '';
  for (const { block = [], line } of all(nodes, 'upstream')) {
    const given = first(block, 'keepalive_timeout')?.args[0] ?? '60s';
    if (duration(given) >= duration(limit))
      yield `line ${line}: keepalive_timeout ${given} must be below KEEP_ALIVE_TIMEOUT, ${limit}, because nginx otherwise uses connections that the service is closing`;
  }
});

const metrics = rule('metrics-inside', function* (nodes, server) {
  const host = environment(server).ALLOWED_HOSTS?.split(',')[0];
  for (const { block = [], line } of all(nodes, 'server')) {
    if (!first(block, 'server_name')?.args.includes(host ?? '') || !block.some(isSecureListen)) continue;
    const guard = block.find(({ name, args }) => name === 'location' && args.at(-1) === '/metrics');
    if (first(guard?.block ?? [], 'return')?.args[0] !== '404')
      yield `line ${line}: this server must answer /metrics with 404, because metrics are for this machine only`;
  }
});

const isSecureListen = ({ name, args }: Directive): boolean => name === 'listen' && args.includes('ssl');

const unknownHosts = rule('unknown-hosts', function* (nodes) {
  const servers = [...all(nodes, 'server')].filter(({ block }) => block && isDefault({ ...nothing, block }));
  for (const port of ['80', '443']) {
    const server = servers.find((one) => listensOn(one, port));
    const closes = first(server?.block ?? [], 'return')?.args[0] === '444';
    const rejects = port === '80' || first(server?.block ?? [], 'ssl_reject_handshake')?.args[0] === 'on';
    const refuses = closes && rejects;
    if (!refuses && nodes.length > 0)
      yield `port ${port} has no default_server that refuses unknown hosts by ${port === '80' ? '' : 'ssl_reject_handshake on and '}return 444`;
  }
});

const nothing: Directive = { name: '', args: [], line: 0 };

const acme = rule('acme-challenge', function* (nodes) {
  for (const server of all(nodes, 'server')) {
    const { block = [], line } = server;
    if (!listensOn(server, '80') || isDefault(server)) continue;
    const root = block.find(
      ({ name, args }) => name === 'location' && args.at(-1) === '/.well-known/acme-challenge/',
    );
    if (first(root?.block ?? [], 'root')?.args[0] !== '/var/www/acme')
      yield `line ${line}: port 80 must serve /.well-known/acme-challenge/ from /var/www/acme, or certbot cannot renew`;
    if (first(block, 'return'))
      yield `line ${first(block, 'return')?.line}: this return comes before every location, also before the challenge of certbot`;
  }
});

const clientLimits = rule('client-limits', function* (nodes) {
  if (nodes.length === 0) return;
  for (const name of ['limit_req', 'limit_conn', 'client_max_body_size'])
    if ([...all(nodes, name)].length === 0)
      yield `${name} is missing: the service does not limit the connections of a trusted proxy`;
});

const serverName = rule('server-name', function* (nodes, server) {
  const hosts = environment(server).ALLOWED_HOSTS?.split(',') ?? [];
  for (const { args, line } of all(nodes, 'server_name'))
    for (const name of args.filter((one) => one !== '_' && !hosts.includes(one)))
      yield `line ${line}: the service refuses the host ${name}, which is not in ALLOWED_HOSTS`;
});

export const nginxRules: readonly Rule[] = [
  ...[syntax, tls, hsts, forwarded, upstream, keepAlive],
  ...[metrics, unknownHosts, acme, clientLimits, serverName],
];
