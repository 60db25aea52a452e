import { expect } from 'chai';
import type { FuzzAnswer } from '../../tools/fuzz/http-client.ts';
import { checkResponse } from '../../tools/fuzz/response-checks.ts';
import { createContract } from '../support/openapi-contract.ts';

const headers = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'",
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'x-request-id': 'abcdefgh',
  'referrer-policy': 'no-referrer',
};
const schema = { type: 'object', properties: { data: { type: 'string' } }, required: ['data'] };
const document = {
  paths: { '/pets': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
};
const right: FuzzAnswer = { status: 200, headers, text: '{"data":"Rex"}' };

function verdict(answer: Partial<FuzzAnswer>): string {
  const request = { method: 'GET', path: '/pets', headers: [], body: null };
  try {
    checkResponse(request, { ...right, ...answer }, createContract(document), ['Tr0ub4dor']);
    return 'passed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('The checks of answers to fuzzed requests', () => {
  it('accept a documented answer', () => expect(verdict({})).to.equal('passed'));

  it('fail on 5xx, redirects, undocumented answers and missing headers', () => {
    expect(verdict({ status: 500 })).to.include('to be below 500');
    expect(verdict({ status: 503 })).to.include('to be below 500');
    expect(verdict({ status: 302 })).to.include('redirect');
    expect(verdict({ status: 201 })).to.include('not documented');
    expect(verdict({ text: '{"data":1}' })).to.include('must be string');
    expect(verdict({ text: '{"data":"Rex","password_hash":"x"}' })).to.include('additional properties');
    for (const name of ['x-frame-options', 'cache-control', 'content-security-policy']) {
      expect(verdict({ headers: { ...headers, [name]: undefined } }), name).to.not.equal('passed');
    }
  });

  it('fail on stacks, SQL, hashes, keys and known secrets', () => {
    for (const leak of [
      'Error: x at serve (/srv/auth/dist/http/dispatch.js:40:11)',
      'insert into users (id) values',
      '$argon2id$v=19$m=19456',
      'BEGIN PRIVATE KEY',
      'postgresql://app:pw@db',
      'TypeError: undefined',
    ]) {
      expect(verdict({ text: JSON.stringify({ data: leak }) }), leak).to.include('internal details');
    }
    expect(verdict({ text: '{"data":"Tr0ub4dor"}' })).to.include('a secret');
  });
});
