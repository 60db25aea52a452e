import { endpoint } from '../../http/route/endpoint.ts';
import { Jwks } from '../../http/schemas.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SigningKeys } from '../tokens/signing-keys.ts';

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
