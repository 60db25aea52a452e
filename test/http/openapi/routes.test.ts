import { assert } from 'chai';
import { createOpenApi } from '../../../app/http/openapi/openapi.ts';
import { Problem } from '../../../app/http/openapi/refusals.ts';
import { assertValidOpenApi } from '../../support/openapi-contract.ts';
import { createRouteTable } from '../../support/route-table.ts';

describe('OpenAPI document of the real routes', () => {
  const endpoints = createRouteTable().filter(({ path }) => !/openapi\.json|\/docs/.test(path));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into a document whose form assertValidOpenApi checks
  const document: any = createOpenApi(endpoints, '1.0.0');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const operations = Object.values<any>(document.paths).flatMap((item) => Object.values<any>(item));

  it('is valid OpenAPI 3.1', () => assertValidOpenApi(document));

  it('has every route', () => assert.lengthOf(operations, endpoints.length));

  it('gives each operation an id of its own and a tag that is described', () => {
    assert.lengthOf(new Set(operations.map(({ operationId }) => operationId)), operations.length);
    const described = document.tags.map(({ name }: { name: string }) => name);
    for (const { tags } of operations) assert.includeMembers(described, tags);
  });

  it('has a parameter for each placeholder', () => {
    for (const [path, item] of Object.entries<object>(document.paths)) {
      const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      // biome-ignore lint/suspicious/noExplicitAny: as above
      for (const { parameters = [] } of Object.values<any>(item)) {
        const inPath = parameters.filter((parameter: { in: string }) => parameter.in === 'path');
        assert.sameMembers(
          inPath.map(({ name }: { name: string }) => name),
          placeholders,
          path,
        );
      }
    }
  });

  it('shows an example of each problem that is true to form', () => {
    for (const [code, { value }] of Object.entries<{ value: unknown }>(document.components.examples)) {
      assert.equal(Problem.parse(value).code, code);
    }
  });
});
