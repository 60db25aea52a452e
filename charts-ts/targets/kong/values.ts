import { z } from 'zod';
import { cidr, text } from '../../values/formats.ts';
import { workload } from '../../values/schema-workload.ts';

export const kongBlock = z.strictObject({
  upstream: z.strictObject({
    protocol: z.enum(['http', 'https']),
    host: text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a host name in lower case'),
    port: z.int().min(1).max(65_535),
  }),
  adminNetworks: z.array(cidr),
  trustedProxies: z.array(cidr),
  limits: z.strictObject({
    perSecond: z.int().min(1),
    credentialsPerMinute: z.int().min(1),
  }),
});

/** The values of Kong. */
export const schema = z.strictObject({ ...workload, kong: kongBlock });

export type KongValues = z.infer<typeof schema>;

/** What a Kong in front of the service is drawn from. */
export interface KongOptions extends Omit<z.infer<typeof kongBlock>, 'trustedProxies'> {
  /** PEM texts by any name. With none, Kong leaves the check of tokens to the service alone. */
  readonly publicKeys: Readonly<Record<string, string>>;
  /** The algorithm of the keys. */
  readonly algorithm: 'RS256' | 'ES256';
}

export function optionsOf({ jwt, kong }: KongValues): KongOptions {
  const { adminNetworks, limits, upstream } = kong;
  const algorithm = jwt.algorithm === 'ES256' ? 'ES256' : 'RS256';
  return { adminNetworks, limits, upstream, publicKeys: jwt.publicKeys, algorithm };
}

/** The limit of the service for refreshes, the highest of the routes that take a secret (docs/limits.md). */
const refreshesPerMinute = 300;

/** What contradicts each other, as `path: message`. */
export function* faults({ jwt, kong }: KongValues): Generator<string> {
  const hasKeys = Object.keys(jwt.publicKeys).length > 0;
  if (hasKeys && jwt.algorithm !== 'RS256' && jwt.algorithm !== 'ES256')
    yield `jwt.publicKeys: Kong verifies RS256 and ES256; leave the keys out for ${jwt.algorithm}`;
  if (kong.limits.credentialsPerMinute <= refreshesPerMinute)
    yield `kong.limits.credentialsPerMinute: must exceed ${refreshesPerMinute}, the limit of the service for refreshes, whose answers say how long to wait`;
}
