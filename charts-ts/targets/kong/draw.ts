import { createHash, createPublicKey } from 'node:crypto';
import type { KongConfig, KongPlugin, KongRoute } from './config.ts';
import type { KongOptions } from './values.ts';

/** What every route says: the service sees the path and the Host of the client, on which ALLOWED_HOSTS depends. */
const asSent = {
  protocols: ['http', 'https'],
  strip_path: false,
  preserve_host: true,
} as const satisfies Partial<KongRoute>;

/**
 * A limit for each client address. It is above the limits of the service (docs/limits.md), whose answers say how long
 * to wait: Kong only cuts off floods. Its own RateLimit fields would contradict those of the service.
 */
function rateLimit(limits: { second?: number; minute?: number }): KongPlugin {
  return {
    name: 'rate-limiting',
    config: {
      ...limits,
      limit_by: 'ip',
      policy: 'local',
      fault_tolerant: true,
      hide_client_headers: true,
      error_code: 429,
      error_message: 'Too many requests',
    },
  };
}

/** Only these networks reach the routes of administrators. */
function adminRoutes({ adminNetworks }: KongOptions): KongRoute[] {
  if (adminNetworks.length === 0) return [];
  return [
    {
      name: 'admin',
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      paths: ['~/api/v1/admin/(users|roles|audit-log|login-histories)(/.*)?$'],
      ...asSent,
      plugins: [{ name: 'ip-restriction', config: { allow: [...adminNetworks], status: 404 } }],
    },
  ];
}

/** Every path that clients may reach. What is not here is answered by Kong with 404: /metrics, /livez, /auth/verify. */
function routes(options: KongOptions): KongRoute[] {
  return [
    {
      // The routes that hash a password or take a secret.
      name: 'credentials',
      methods: ['POST', 'OPTIONS'],
      paths: ['~/api/v1/auth/(register|login|refresh|password/reset)$'],
      ...asSent,
      // A plugin of a route replaces the one of all routes.
      plugins: [rateLimit({ second: options.limits.perSecond, minute: options.limits.credentialsPerMinute })],
    },
    {
      name: 'sessions',
      methods: ['POST', 'OPTIONS'],
      // logout also ends the session of a refresh token, so that it is no route of the plugin jwt.
      paths: ['~/api/v1/auth/logout$'],
      ...asSent,
    },
    {
      name: 'proofs',
      methods: ['POST', 'OPTIONS'],
      paths: ['~/api/v1/auth/(reauthenticate|logout-all)$'],
      ...asSent,
    },
    {
      name: 'account',
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
      paths: ['~/api/v1/users/me(/.*)?$'],
      ...asSent,
      // An export may be larger than the buffer of Kong.
      response_buffering: false,
    },
    {
      name: 'public',
      methods: ['GET', 'HEAD', 'OPTIONS'],
      paths: [
        '~/api/v1/health(/live|/ready)?$',
        '~/api/v1/openapi\\.json$',
        '~/api/v1/docs(/.*)?$',
        '~/\\.well-known/jwks\\.json$',
      ],
      ...asSent,
    },
    ...adminRoutes(options),
  ];
}

/** Routes on which the service demands an access token in any case. */
const tokenRoutes = new Set(['proofs', 'account', 'admin']);

/** The name of a key in the tokens of the service: the thumbprint of RFC 7638. */
export function keyId(pem: string): string {
  const { crv, e, kty, n, x, y } = createPublicKey(pem).export({ format: 'jwk' });
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

const verifyToken: KongPlugin = {
  name: 'jwt',
  config: {
    key_claim_name: 'kid',
    claims_to_verify: ['exp'],
    header_names: ['authorization'],
    // The service takes tokens from the header only.
    uri_param_names: [],
    cookie_names: [],
    run_on_preflight: false,
  },
};

/** Kong's check of signatures, for the keys that it gets. The service checks each token again, and its session. */
function verified(
  { algorithm, publicKeys }: KongOptions,
  drawn: readonly KongRoute[],
): Partial<KongConfig> & { routes: KongRoute[] } {
  const keys = Object.values(publicKeys);
  if (keys.length === 0) return { routes: [...drawn] };
  const secrets = keys.map((pem) => ({ key: keyId(pem), algorithm, rsa_public_key: pem }));
  return {
    routes: drawn.map((route) =>
      tokenRoutes.has(route.name) ? { ...route, plugins: [...(route.plugins ?? []), verifyToken] } : route,
    ),
    consumers: [{ username: 'auth-service-tokens', jwt_secrets: secrets }],
  };
}

/** The declarative configuration of a Kong without a database, in front of one service. */
export function drawKong(options: KongOptions): KongConfig {
  const { consumers, routes: all } = verified(options, routes(options));
  return {
    _format_version: '3.0',
    _transform: true,
    services: [
      {
        name: 'auth-service',
        protocol: options.upstream.protocol,
        host: options.upstream.host,
        port: options.upstream.port,
        // For a connection that the service refuses. A request that has been sent is not sent again.
        retries: 1,
        connect_timeout: 2_000,
        // The service answers or refuses within a minute. It is the time between two reads, so exports may take longer.
        read_timeout: 65_000,
        write_timeout: 30_000,
        routes: all,
      },
    ],
    // CORS is missing on purpose: the service answers preflight requests, and knows CORS_ALLOWED_ORIGINS.
    plugins: [
      rateLimit({ second: options.limits.perSecond }),
      {
        name: 'request-size-limiting',
        // The service accepts 16 KiB at most.
        config: { allowed_payload_size: 64, size_unit: 'kilobytes', require_content_length: false },
      },
      {
        // The service keeps the id that it gets. Without Kong it makes the id itself.
        name: 'correlation-id',
        config: { header_name: 'X-Request-Id', generator: 'uuid', echo_downstream: true },
      },
    ],
    ...(consumers && { consumers }),
  };
}
