import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { assert } from 'chai';

export interface SeenAnswer {
  readonly method: string;
  /** Concrete, with or without a query string. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  /** Parsed JSON; undefined when there was no body or it was not JSON. */
  readonly body: unknown;
}

export interface Contract {
  /** @throws AssertionError when the document does not allow this answer */
  assertAnswer(answer: SeenAnswer): void;
}

interface Operation {
  readonly 'x-any-method-and-path-below'?: boolean;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The documentation does not document itself, and the metrics are no part of the API. */
const undocumented = /^\/(?:metrics|api\/v1\/(?:openapi\.json|docs(?:\/.*)?))$/;
/** What a request may meet before it reaches an operation, as the document's description says. */
const beforeRouting = new Set([408, 431]);
const withoutOperation = new Set([400, 404, 405]);
const problemType = 'application/problem+json';

/** Answers may grow fields by the document, yet here a field nobody described (a hash, say) must not slip out. */
function seal(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(seal);
  if (node === null || typeof node !== 'object') return node;
  const sealed = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, seal(value)]));
  const isOpen = sealed.type === 'object' && sealed.properties && !('additionalProperties' in sealed);
  return isOpen ? { ...sealed, additionalProperties: false } : sealed;
}

function pointer(...keys: string[]): string {
  return `api#/${keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

/** More literal templates first, so that `/users/me` wins over `/users/{id}`. */
function byLiteralness(a: string, b: string): number {
  return a.split('{').length - b.split('{').length;
}

/** Templates whose operation `get` answers every method, and every path below. */
const isForGateways = ({ paths }: Document, template: string): boolean =>
  paths[template]?.get?.['x-any-method-and-path-below'] === true;

function createFinder(document: Document) {
  const templates = Object.keys(document.paths).sort(byLiteralness);
  const patterns = templates.map((template) => {
    const source = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
    const below = isForGateways(document, template) ? '(?:/.*)?' : '';
    return { template, pattern: new RegExp(`^${source}${below}$`) };
  });
  return (path: string): string | undefined => patterns.find(({ pattern }) => pattern.test(path))?.template;
}

function createChecker(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false });
  formats.default(ajv);
  ajv.addSchema({ ...(seal(document) as Document), $id: 'api' }, 'api', false, false);
  const compiled = new Map<string, ValidateFunction>();
  return (reference: string, body: unknown, what: string) => {
    const validator = compiled.get(reference) ?? ajv.compile({ $ref: reference });
    compiled.set(reference, validator);
    assert(validator(body), `${what}: ${ajv.errorsText(validator.errors)} in ${JSON.stringify(body)}`);
  };
}

/** By the text of the document. Applications of one process publish the same few, and schemas are slow to compile. */
const contracts = new Map<string, Contract>();

/**
 * Holds answers against the document that the service publishes.
 * @param document of `/api/v1/openapi.json`
 */
export function createContract(document: unknown): Contract {
  const id = JSON.stringify(document);
  const contract = contracts.get(id) ?? newContract(document);
  contracts.set(id, contract);
  return contract;
}

function newContract(document: unknown): Contract {
  // Only ever handed what createOpenApi made; assertValidOpenApi says whether that is well-formed.
  const api = document as Document;
  const find = createFinder(api);
  const check = createChecker(api);

  function assertProblem({ status, contentType, body, method }: SeenAnswer, what: string): void {
    assert.equal(contentType, problemType, what);
    if (method === 'HEAD') return;
    check(pointer('components', 'schemas', 'Problem'), body, what);
    assert.propertyVal(body, 'status', status, what);
  }

  function assertDocumented(answer: SeenAnswer, template: string, verb: string, operation: Operation): void {
    const { method, path, status, contentType, body } = answer;
    const what = `${method} ${path} → ${status}`;
    const response = operation.responses[status];
    assert(response, `${what} is not documented: ${JSON.stringify(body)}`);
    if (!response.content) {
      assert.isUndefined(body, `${what} should have no body`);
      assert.equal(contentType, '', `${what} should have no media type`);
      return;
    }
    assert.property(response.content, contentType, `${what}: media type`);
    if (method === 'HEAD') return;
    const keys = ['paths', template, verb, 'responses', String(status), 'content', contentType, 'schema'];
    check(pointer(...keys), body, what);
  }

  return {
    assertAnswer(answer) {
      const path = answer.path.replace(/\?.*$/s, '');
      if (answer.contentType) assert.match(answer.contentType, /; charset=utf-8$/);
      const contentType = answer.contentType.replace(/\s*;.*$/s, '');
      const seen = { ...answer, path, contentType };
      const what = `${seen.method} ${path} → ${seen.status}`;
      const template = find(path);
      const isGet = seen.method === 'HEAD' || (template !== undefined && isForGateways(api, template));
      const verb = isGet ? 'get' : seen.method.toLowerCase();
      const operation = template === undefined ? undefined : api.paths[template]?.[verb];
      if (beforeRouting.has(seen.status)) return assertProblem(seen, what);
      if (template !== undefined && operation) return assertDocumented(seen, template, verb, operation);
      if (seen.method === 'OPTIONS' && seen.status < 300) return;
      if (undocumented.test(path) && seen.status === 200) return;
      const refused = [
        ...withoutOperation,
        ...(undocumented.test(path) ? [422] : []),
        ...(path === '/metrics' ? [401, 429] : []),
      ];
      assert.include(refused, seen.status, `${what} belongs to no operation`);
      assertProblem(seen, what);
    },
  };
}

/** Holds a document against the official JSON Schema of OpenAPI 3.1. */
export async function assertValidOpenApi(document: object): Promise<void> {
  const { valid, errors } = await new Validator().validate(structuredClone({ ...document }));
  assert(valid, JSON.stringify(errors, null, 2));
  assert.propertyVal(document, 'openapi', '3.1.1');
}
