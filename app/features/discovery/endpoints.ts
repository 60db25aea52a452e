import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SigningKeys } from '../tokens/signing-keys.ts';

/** Seconds. A new key must be published for longer than this before it signs. */
const maxAge = 300;

const Jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'Jwks' });

export function discoveryEndpoints({ keys, metrics }: { keys: SigningKeys; metrics: Metrics }) {
  return [
    endpoint(
      'GET /.well-known/jwks.json',
      {
        summary: 'Public keys of access tokens (RFC 7517)',
        access: 'open',
        answers: { 200: { description: 'Empty for HS256', data: Jwks, bare: true } },
      },
      () => {
        metrics.jwksRequests.inc();
        return {
          headers: { 'Cache-Control': `public, max-age=${maxAge}` },
          raw: { type: 'application/json', body: JSON.stringify(keys.jwks()) },
        };
      },
    ),
  ];
}
