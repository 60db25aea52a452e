import { assert } from 'chai';
import { describeExampleApi, pet } from '../../support/example-endpoints.ts';
import { createContract } from '../../support/openapi-contract.ts';

describe('contract of the OpenAPI document', () => {
  const contract = createContract(describeExampleApi());
  const json = 'application/json; charset=utf-8';
  const created = {
    method: 'POST',
    path: '/api/v1/users/pets',
    status: 201,
    contentType: json,
    body: { data: pet },
  };
  const refused = (status: number, code: string) => ({
    ...created,
    status,
    contentType: 'application/problem+json; charset=utf-8',
    body: { type: `urn:x:${code}`, title: 't', status, detail: 'd', code, request_id: 'r' },
  });

  it('accepts what is documented', () => {
    contract.assertAnswer(created);
    contract.assertAnswer(refused(409, 'email_taken'));
    const page = { data: [pet], meta: { next_cursor: null } };
    contract.assertAnswer({
      ...created,
      method: 'GET',
      path: '/api/v1/users/pets?limit=3',
      status: 200,
      body: page,
    });
    contract.assertAnswer({ ...created, method: 'HEAD', status: 200, body: undefined });
    contract.assertAnswer({
      method: 'DELETE',
      path: `/api/v1/admin/pets/${pet.id}`,
      status: 204,
      contentType: '',
      body: undefined,
    });
  });

  it('refuses a status, code, field or form that is not documented', () => {
    const wrong = [
      { ...created, status: 200 },
      { ...created, body: { data: { ...pet, password_hash: 'x' } } },
      { ...created, body: { data: { ...pet, born: 'yesterday' } } },
      { ...created, body: pet },
      { ...created, contentType: 'text/plain; charset=utf-8' },
      { ...created, contentType: 'application/json' },
      refused(409, 'role_exists'),
      { ...refused(409, 'email_taken'), contentType: json },
      { ...created, method: 'DELETE', path: '/api/v1/admin/pets/1', status: 204, contentType: json },
    ];
    for (const answer of wrong)
      assert.throws(() => contract.assertAnswer(answer), /./, undefined, JSON.stringify(answer));
  });

  it('lets through only problems where there is no operation, besides preflights and the documentation', () => {
    contract.assertAnswer({ ...refused(404, 'not_found'), path: '/nowhere' });
    contract.assertAnswer({ ...refused(405, 'method_not_allowed'), method: 'PUT' });
    contract.assertAnswer({ ...refused(431, 'headers_too_large') });
    contract.assertAnswer({
      method: 'OPTIONS',
      path: '/api/v1/users/pets',
      status: 204,
      contentType: '',
      body: undefined,
    });
    contract.assertAnswer({
      method: 'GET',
      path: '/api/v1/docs',
      status: 200,
      contentType: 'text/html; charset=utf-8',
      body: undefined,
    });
    assert.throws(() => contract.assertAnswer({ ...created, path: '/nowhere' }));
    assert.throws(() =>
      contract.assertAnswer({ ...refused(404, 'not_found'), path: '/nowhere', body: undefined }),
    );
  });
});
