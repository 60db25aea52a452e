import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { listOf, unwrap, wrap } from './protobuf-secrets.ts';

/** A kind of objects, and whether they are in a namespace. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the server stores objects of any shape.
type Stored = any;
type Answer = readonly [status: number, body: object | Buffer];

const failure = (code: number, reason: string): Answer => [
  code,
  { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason },
];
const pluralOf = (kind: string): string =>
  kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s');

/** Documents about which kinds there are. */
function discovery(path: string, kinds: readonly Kind[]): Answer | undefined {
  const versions = [...new Set(kinds.map(({ apiVersion }) => apiVersion))].filter((one) => one !== 'v1');
  if (path === '/version') return [200, { major: '1', minor: '34', gitVersion: 'v1.34.0' }];
  if (path === '/api') return [200, { kind: 'APIVersions', versions: ['v1'] }];
  if (path === '/apis') {
    const groups = versions.map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
    return [200, { kind: 'APIGroupList', apiVersion: 'v1', groups }];
  }
  const groupVersion = path.replace(/^\/apis?\//, '');
  const own = kinds.filter(({ apiVersion }) => apiVersion === groupVersion);
  if (own.length === 0) return path.startsWith('/openapi') ? failure(404, 'NotFound') : undefined;
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update'];
  const resources = own.map(({ isNamespaced, kind }) => ({
    ...{ name: pluralOf(kind), singularName: '', namespaced: isNamespaced, kind, verbs },
  }));
  return [200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }];
}

function selectorOf(url: URL): [string, string][] {
  const pairs = (url.searchParams.get('labelSelector') ?? '').split(',').filter((text) => text !== '');
  return pairs.map((text) => text.split(/==?/)).map(([key = '', value = '']) => [key, value]);
}

/** Helm stores its releases as Secrets, in the format protobuf. */
function createSecrets() {
  const secrets = new Map<string, ReturnType<typeof unwrap>>();
  return (method: string, name: string | undefined, url: URL, body: Buffer): Answer => {
    if (method === 'DELETE') secrets.delete(name ?? '');
    if (method === 'POST' || method === 'PUT') {
      const secret = unwrap(body);
      secrets.set(secret.name, secret);
      return [201, wrap('Secret', secret.message)];
    }
    const found = secrets.get(name ?? '');
    if (name) return found ? [200, wrap('Secret', found.message)] : failure(404, 'NotFound');
    const wanted = selectorOf(url);
    const items = [...secrets.values()].filter(({ labels }) =>
      wanted.every(([key, value]) => labels[key] === value),
    );
    return [200, wrap('SecretList', listOf(items.map(({ message }) => message)))];
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * An API server with what Helm needs: discovery, and objects that can be created, read, listed, applied and deleted. It
 * stands in for a cluster, which tests without one do not have. It checks no schema and no rights.
 */
export async function startKubernetesApi(kinds: readonly Kind[]) {
  const objects = new Map<string, Stored>();
  const secrets = createSecrets();

  function answerObject(method: string, path: string, body: Buffer): Answer {
    const found = objects.get(path);
    if (method === 'PATCH') {
      const applied = parse(String(body));
      objects.set(path, { ...found, ...applied, metadata: { ...found?.metadata, ...applied.metadata } });
      return [found ? 200 : 201, objects.get(path)];
    }
    if (!found) return failure(404, 'NotFound');
    if (method === 'DELETE') objects.delete(path);
    return [200, found];
  }

  function answer(method: string, url: URL, body: Buffer): Answer {
    const known = discovery(url.pathname, kinds);
    if (known) return known;
    const [, name] = /\/secrets(?:\/(.+))?$/.exec(url.pathname) ?? [undefined, undefined];
    if (/\/secrets(\/|$)/.test(url.pathname)) return secrets(method, name, url, body);
    const isList = method === 'GET' && kinds.some(({ kind }) => url.pathname.endsWith(`/${pluralOf(kind)}`));
    if (!isList) return answerObject(method, url.pathname, body);
    const items = [...objects].filter(([path]) => path.startsWith(`${url.pathname}/`)).map(([, one]) => one);
    return [200, { kind: 'List', apiVersion: 'v1', metadata: {}, items }];
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [status, body] = answer(request.method ?? 'GET', url, await bodyOf(request));
    const isBinary = Buffer.isBuffer(body);
    const type = isBinary ? 'application/vnd.kubernetes.protobuf' : 'application/json';
    response.writeHead(status, { 'content-type': type }).end(isBinary ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // reason: a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    names: (kind: string): string[] =>
      [...objects.values()].filter((one) => one.kind === kind).map(({ metadata }) => metadata.name),
    object: (kind: string, name: string): Stored =>
      [...objects.values()].find((one) => one.kind === kind && one.metadata.name === name),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
