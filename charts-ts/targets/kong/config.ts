import { z } from 'zod';

/**
 * The part of Kong's declarative configuration (format 3.0, Kong 3.9) that this target uses, with the fields of its
 * plugins. Unknown fields are refused: Kong would not start with them.
 */

const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 2);
const tags = z.array(z.string()).optional();

const rateLimiting = z.strictObject({
  name: z.literal('rate-limiting'),
  config: z
    .strictObject({
      second: z.int().min(1).optional(),
      minute: z.int().min(1).optional(),
      hour: z.int().min(1).optional(),
      limit_by: z.enum(['consumer', 'credential', 'ip', 'service', 'header', 'path', 'consumer-group']),
      // The policy cluster needs a database.
      policy: z.enum(['local', 'redis'], 'must be local or redis, because Kong has no database'),
      fault_tolerant: z.boolean(),
      hide_client_headers: z.boolean(),
      error_code: z.int().optional(),
      error_message: z.string().optional(),
      redis: z.strictObject({ host: z.string(), port: z.int(), ssl: z.boolean() }).optional(),
    })
    .refine(
      ({ hour, minute, second }) => second || minute || hour,
      'must have a limit: second, minute or hour',
    )
    .refine(({ policy, redis }) => policy !== 'redis' || redis, 'must have redis for the policy redis'),
});

const correlationId = z.strictObject({
  name: z.literal('correlation-id'),
  config: z.strictObject({
    header_name: z.string(),
    generator: z.enum(['uuid', 'uuid#counter', 'tracker']),
    echo_downstream: z.boolean(),
  }),
});

const requestSizeLimiting = z.strictObject({
  name: z.literal('request-size-limiting'),
  config: z.strictObject({
    allowed_payload_size: z.int().min(1),
    size_unit: z.enum(['megabytes', 'kilobytes', 'bytes']),
    require_content_length: z.boolean(),
  }),
});

const ipRestriction = z.strictObject({
  name: z.literal('ip-restriction'),
  config: z.strictObject({
    allow: z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])).min(1),
    status: z.int().optional(),
    message: z.string().optional(),
  }),
});

const jwt = z.strictObject({
  name: z.literal('jwt'),
  config: z.strictObject({
    key_claim_name: z.string(),
    claims_to_verify: z.array(z.enum(['exp', 'nbf'])),
    header_names: z.array(z.string()),
    uri_param_names: z.array(z.string()),
    cookie_names: z.array(z.string()),
    run_on_preflight: z.boolean(),
    maximum_expiration: z.int().min(0).optional(),
  }),
});

const plugin = z.discriminatedUnion(
  'name',
  [rateLimiting, correlationId, requestSizeLimiting, ipRestriction, jwt],
  'must be one of rate-limiting, correlation-id, request-size-limiting, ip-restriction, jwt',
);

const route = z.strictObject({
  name: z.string().regex(/^[\w.~-]+$/),
  protocols: z.array(z.enum(['http', 'https'])).min(1),
  methods: z.array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])).min(1),
  paths: z
    .array(z.string().regex(/^~?\//, 'must begin with / for a prefix, or with ~/ for a regular expression'))
    .min(1),
  strip_path: z.boolean(),
  preserve_host: z.boolean(),
  regex_priority: z.int().optional(),
  response_buffering: z.boolean().optional(),
  plugins: z.array(plugin).optional(),
  tags,
});

const service = z.strictObject({
  name: z.string(),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  protocol: z.enum(['http', 'https']),
  retries: z.int().min(0).max(32_767),
  connect_timeout: milliseconds,
  read_timeout: milliseconds,
  write_timeout: milliseconds,
  routes: z.array(route).min(1),
  plugins: z.array(plugin).optional(),
  tags,
});

const consumer = z.strictObject({
  username: z.string(),
  jwt_secrets: z.array(
    z.strictObject({
      key: z.string(),
      algorithm: z.enum(['RS256', 'ES256']),
      rsa_public_key: z.string(),
    }),
  ),
});

export const kongConfig = z.strictObject({
  _format_version: z.literal('3.0'),
  _transform: z.boolean(),
  services: z.array(service).min(1),
  plugins: z.array(plugin).optional(),
  consumers: z.array(consumer).optional(),
});

export type KongConfig = z.infer<typeof kongConfig>;
export type KongRoute = z.infer<typeof route>;
export type KongPlugin = z.infer<typeof plugin>;
