import { z } from 'zod';

/** The part of the Compose Specification that this target uses. Unknown keys are refused: Compose ignores some of them. */

const duration = z.string().regex(/^(\d+(ms|s|m|h))+$/, 'must be a duration such as 3s or 1m30s');
const texts = z.array(z.string());

const healthcheck = z.strictObject({
  test: texts.refine(([kind]) => kind === 'CMD' || kind === 'CMD-SHELL', 'must begin with CMD or CMD-SHELL'),
  interval: duration,
  timeout: duration,
  retries: z.int().min(1),
  start_period: duration,
});

const bind = z.strictObject({
  type: z.literal('bind'),
  source: z.string().startsWith('./', 'must begin with ./'),
  target: z.string().startsWith('/', 'must be an absolute path'),
  read_only: z.boolean().optional(),
  // Docker otherwise makes an empty folder of root where the source is missing.
  bind: z.strictObject({ create_host_path: z.literal(false) }),
});

const volume = z.strictObject({
  type: z.literal('volume'),
  source: z.string(),
  target: z.string().startsWith('/', 'must be an absolute path'),
});

const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), target: z.string() }).optional(),
  profiles: texts.optional(),
  working_dir: z.string().optional(),
  command: texts.optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).optional(),
  environment: z.record(z.string(), z.string(), 'must be a map of texts').optional(),
  ports: z
    .array(z.string().regex(/^(\[[0-9a-f:]+\]|[\d.]+):\d{1,5}:\d{1,5}$/, 'must be ADDRESS:PORT:PORT'))
    .optional(),
  volumes: z.array(z.discriminatedUnion('type', [bind, volume])).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(
          ['service_started', 'service_healthy', 'service_completed_successfully'],
          'must be service_started, service_healthy or service_completed_successfully',
        ),
      }),
    )
    .optional(),
  healthcheck: healthcheck.optional(),
  cap_drop: texts.optional(),
  security_opt: texts.optional(),
  stop_grace_period: duration.optional(),
  cpus: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a number of CPUs')
    .optional(),
  mem_limit: z.string().regex(/^\d+$/, 'must be a number of bytes').optional(),
});

export const composeDocument = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.strictObject({})),
});

export type ComposeDocument = z.infer<typeof composeDocument>;
export type ComposeService = z.infer<typeof service>;
