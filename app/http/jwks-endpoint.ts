import type { SigningKeys } from '../domain/signing-keys.ts';
import type { Metrics } from '../observe/metrics.ts';
import { endpoint } from './endpoint.ts';
import { Jwks } from './schemas.ts';

/** Seconds; a new key must be published for longer than this before it signs. */
const jwksMaxAge = 300;

export function jwksEndpoint(keys: SigningKeys, metrics: Pick<Metrics, 'jwksRequests'>) {
  return endpoint(
    'GET /.well-known/jwks.json',
    {
      summary: 'Public keys of access tokens (RFC 7517)',
      access: 'open',
      answers: { 200: { description: 'Empty for HS256', data: Jwks, bare: true } },
    },
    () => {
      metrics.jwksRequests.inc();
      return {
        headers: { 'Cache-Control': `public, max-age=${jwksMaxAge}` },
        raw: { type: 'application/json', body: JSON.stringify(keys.jwks()) },
      };
    },
  );
}
