import { z } from 'zod';

// A template and its parameters, as far as the rules read them. The client of Azure checks the container groups themselves.

const resource = z.looseObject({
  type: z.string(),
  apiVersion: z.string(),
  name: z.string(),
  dependsOn: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

const parameter = z.strictObject({
  type: z.enum(['string', 'securestring', 'int', 'bool']),
  defaultValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
  maxLength: z.int().optional(),
  metadata: z.strictObject({ description: z.string() }),
});

export const template = z.strictObject({
  $schema: z.literal('https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'),
  contentVersion: z.string(),
  parameters: z.record(z.string(), parameter),
  resources: z.array(resource),
  outputs: z.record(z.string(), z.strictObject({ type: z.enum(['string']), value: z.string() })).optional(),
});

const reference = z.strictObject({
  keyVault: z.strictObject({ id: z.string().startsWith('/subscriptions/') }),
  secretName: z.string(),
  secretVersion: z.string().optional(),
});

export const parameterFile = z.strictObject({
  $schema: z.literal('https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'),
  contentVersion: z.string(),
  parameters: z.record(
    z.string(),
    z.union(
      [z.strictObject({ value: z.string() }), z.strictObject({ reference })],
      'must be {value} or {reference}',
    ),
  ),
});

const environmentVariable = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  secureValue: z.string().optional(),
});
const probe = z.looseObject({
  httpGet: z.looseObject({ path: z.string(), port: z.number() }).optional(),
  periodSeconds: z.number().optional(),
  timeoutSeconds: z.number().optional(),
});
const container = z.looseObject({
  name: z.string(),
  properties: z.looseObject({
    image: z.string(),
    command: z.array(z.string()).optional(),
    ports: z.array(z.looseObject({ port: z.number() })).optional(),
    environmentVariables: z.array(environmentVariable).optional(),
    resources: z
      .looseObject({ requests: z.looseObject({ cpu: z.number(), memoryInGB: z.number() }) })
      .optional(),
    livenessProbe: probe.optional(),
    readinessProbe: probe.optional(),
    volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).optional(),
  }),
});

/** What the rules read of the properties of a container group. */
export const groupProperties = z.looseObject({
  osType: z.string(),
  restartPolicy: z.string().optional(),
  subnetIds: z.array(z.looseObject({ id: z.string() })).optional(),
  imageRegistryCredentials: z.array(z.looseObject({ server: z.string() })).optional(),
  ipAddress: z
    .looseObject({ type: z.string(), ports: z.array(z.looseObject({ port: z.number() })) })
    .optional(),
  diagnostics: z.looseObject({ logAnalytics: z.looseObject({}) }).optional(),
  initContainers: z.array(container).optional(),
  containers: z.array(container).min(1),
  volumes: z
    .array(z.looseObject({ name: z.string(), secret: z.record(z.string(), z.string()).optional() }))
    .optional(),
});

const partsWith = <Shape extends z.ZodRawShape>(properties: Shape) =>
  z.array(z.looseObject({ name: z.string().optional(), properties: z.looseObject(properties) }));

/** What the rules read of the properties of an Application Gateway. */
export const gatewayProperties = z.looseObject({
  backendHttpSettingsCollection: partsWith({ port: z.number() }),
  probes: partsWith({ path: z.string() }),
  httpListeners: partsWith({ protocol: z.string(), sslCertificate: z.looseObject({}).optional() }),
});

export type Template = z.infer<typeof template>;
export type Resource = Template['resources'][number];
export type Container = z.infer<typeof container>;
export type GroupProperties = z.infer<typeof groupProperties>;
