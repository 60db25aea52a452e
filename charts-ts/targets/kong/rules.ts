import { createPublicKey } from 'node:crypto';
import { isMap, parseDocument } from 'yaml';
import { schemaFindings } from '../schema-findings.ts';
import { type KongConfig, type KongPlugin, kongConfig } from './config.ts';
import { keyId } from './draw.ts';
import { routeFor } from './router.ts';

/** Paths that clients must not reach, with a method that would do harm. */
const internalRequests = [
  ['GET', '/metrics'],
  ['GET', '/livez'],
  ['GET', '/readyz'],
  ['GET', '/admin'],
  ['GET', '/admin/users'],
  ['GET', '/api/v1/auth/verify'],
  ['GET', '/api/v1/auth/verify/orders'],
  ['GET', '/'],
] as const;

const adminRequests = [
  ['GET', '/api/v1/admin/users'],
  ['POST', '/api/v1/admin/roles'],
  ['GET', '/api/v1/admin/audit-log'],
] as const;

const hasPlugin = (plugins: readonly KongPlugin[] | undefined, name: KongPlugin['name']): boolean =>
  (plugins ?? []).some((plugin) => plugin.name === name);

const routesOf = ({ services }: KongConfig) => services.flatMap(({ routes }) => routes);

function* routeFindings(config: KongConfig): Generator<string> {
  const names = new Set<string>();
  for (const { methods, name, paths, preserve_host, strip_path } of routesOf(config)) {
    if (names.has(name)) yield `route ${name}: occurs twice [name]`;
    names.add(name);
    if (strip_path)
      yield `route ${name}: strip_path must be false, because the service knows its whole paths [path]`;
    if (!preserve_host)
      yield `route ${name}: preserve_host must be true, because ALLOWED_HOSTS is about the Host of the client [host]`;
    if (!methods.includes('OPTIONS'))
      yield `route ${name}: methods must contain OPTIONS, because the service answers the preflight requests of browsers [cors]`;
    if (methods.includes('GET') && !methods.includes('HEAD'))
      yield `route ${name}: methods must contain HEAD, because HEAD works wherever GET does [head]`;
    for (const path of paths.filter((text) => text.startsWith('~') && !text.endsWith('$')))
      yield `route ${name}: ${path} must end with $; without it every longer path matches as well [anchor]`;
  }
}

function* reachFindings(config: KongConfig): Generator<string> {
  for (const [method, path] of internalRequests) {
    const route = routeFor(config, method, path);
    if (route)
      yield `route ${route.name}: lets clients reach ${method} ${path}, which is internal [internal-path]`;
  }
  for (const [method, path] of adminRequests) {
    const route = routeFor(config, method, path);
    if (route && !hasPlugin(route.plugins, 'ip-restriction'))
      yield `route ${route.name}: lets everybody reach ${method} ${path}; it needs the plugin ip-restriction [admin]`;
  }
}

function* pluginFindings(config: KongConfig): Generator<string> {
  const scopes: [string, readonly KongPlugin[]][] = [
    ['plugins', config.plugins ?? []],
    ...config.services.map(({ name, plugins }): [string, readonly KongPlugin[]] => [
      `service ${name}`,
      plugins ?? [],
    ]),
    ...routesOf(config).map(({ name, plugins }): [string, readonly KongPlugin[]] => [
      `route ${name}`,
      plugins ?? [],
    ]),
  ];
  for (const [scope, plugins] of scopes) {
    const names = plugins.map(({ name }) => name);
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
      yield `${scope}: the plugin ${name} occurs twice [plugin]`;
    for (const plugin of plugins)
      if (plugin.name === 'rate-limiting' && !plugin.config.hide_client_headers)
        yield `${scope}: hide_client_headers must be true, because the service sends RateLimit fields of its own [rate-limit-headers]`;
  }
}

function* keyFindings(config: KongConfig): Generator<string> {
  const secrets = (config.consumers ?? []).flatMap((consumer) => consumer.jwt_secrets);
  const routes = routesOf(config).filter(({ plugins }) => hasPlugin(plugins, 'jwt'));
  if (routes.length > 0 && secrets.length === 0)
    yield `route ${routes[0]?.name}: the plugin jwt refuses every token, because no consumer has a key [jwt-key]`;
  for (const { plugins = [], name } of routes)
    for (const plugin of plugins)
      if (plugin.name === 'jwt' && plugin.config.key_claim_name !== 'kid')
        yield `route ${name}: key_claim_name must be kid, by which the service names its keys [jwt-kid]`;
  for (const { key, rsa_public_key: pem } of secrets) {
    if (/PRIVATE KEY/.test(pem))
      yield `consumer key ${key}: contains a private key; Kong needs the public key [private-key]`;
    else yield* publicKeyFindings(key, pem);
  }
}

function* publicKeyFindings(key: string, pem: string): Generator<string> {
  try {
    createPublicKey(pem);
  } catch {
    yield `consumer key ${key}: rsa_public_key is no public key in PEM [jwt-key]`;
    return;
  }
  const expected = keyId(pem);
  if (key !== expected)
    yield `consumer key ${key}: key must be ${expected}, the kid of this public key [jwt-kid]`;
}

/** The configuration of a finished file, or what makes it unreadable. */
function read(file: string, text: string): { config?: KongConfig; findings: string[] } {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return { findings: [`${file}: ${error.message.split('\n')[0]} [yaml]`] };
  if (!isMap(document.contents)) return { findings: [`${file}: must be a YAML map [yaml]`] };
  const tree: unknown = document.toJS();
  const findings = schemaFindings(file, kongConfig, tree);
  return findings.length > 0 ? { findings } : { config: kongConfig.parse(tree), findings };
}

/** What is wrong with a declarative configuration, as `file: message [rule]`. */
export function kongFindings(file: string, text: string): string[] {
  const { config, findings } = read(file, text);
  if (!config) return findings;
  return [
    ...routeFindings(config),
    ...reachFindings(config),
    ...pluginFindings(config),
    ...keyFindings(config),
  ].map((line) => `${file}: ${line}`);
}
