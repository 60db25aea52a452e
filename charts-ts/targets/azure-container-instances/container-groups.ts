import type {
  Container,
  ContainerGroup,
  ContainerProbe,
  EnvironmentVariable,
  InitContainerDefinition,
  Volume,
} from '@azure/arm-containerinstance';
import { names, ports, probePaths } from '../../names.ts';
import { bytes, millicpu } from '../../values/formats.ts';
import type { Platform } from '../../workload/platform.ts';
import { entryPoint, imageReference, migrateArguments, purgeArguments } from '../../workload/process.ts';
import { commandSettings, type Settings, serviceSettings } from '../../workload/settings.ts';
import { id, literal, parameter, parameterOf } from './expressions.ts';
import type { AzureValues } from './values.ts';

export const publicKeysFolder = '/etc/auth/public-keys';

/** What Container Instances give the containers of the service. */
export function platform(values: AzureValues): Platform {
  return {
    host: values.azure.host,
    internalHosts: [],
    proxies: [values.azure.network.gatewaySubnetCidr],
    ports,
    keys: 'texts',
    files: Object.keys(values.jwt.publicKeys).length > 0 ? { publicKeys: publicKeysFolder } : {},
    hasOwnerSecret: values.azure.separateOwner,
  };
}

/** Secrets are parameters of the type securestring. ARM shows neither those nor secure variables afterwards. */
function environmentOf(settings: Partial<Settings>): EnvironmentVariable[] {
  return Object.entries(settings).map(([name, source]) => {
    if ('text' in source) return { name, value: literal(source.text) };
    if ('keyFile' in source) throw new Error(`${name}: keys are texts of variables here`);
    return { name, secureValue: parameter(parameterOf(source.secret)) };
  });
}

const sizeOf = ({ cpu, memory }: { cpu: string; memory: string }) => ({
  requests: { cpu: millicpu(cpu) / 1_000, memoryInGB: bytes(memory) / 2 ** 30 },
});

const probe = (path: string, periodSeconds: number): ContainerProbe => ({
  httpGet: { path, port: ports.metrics, scheme: 'http' },
  periodSeconds,
  timeoutSeconds: 5,
  failureThreshold: 3,
});

/** Public keys are no secrets, but a volume of this kind needs no storage account. */
function publicKeys({ jwt }: AzureValues): Volume[] {
  const keys = Object.entries(jwt.publicKeys);
  const files = keys.map(([name, pem]) => [`${name}.pem`, Buffer.from(pem).toString('base64')]);
  return keys.length > 0 ? [{ name: 'public-keys', secret: Object.fromEntries(files) }] : [];
}

/** What all groups share: the network, the identity that pulls the image, the log. */
function common({ azure, image }: AzureValues) {
  const identity = id('Microsoft.ManagedIdentity/userAssignedIdentities', azure.identity);
  const workspace = id('Microsoft.OperationalInsights/workspaces', azure.workspace);
  const { containerSubnet, name } = azure.network;
  return {
    location: '[resourceGroup().location]',
    osType: 'Linux',
    sku: 'Standard',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
    imageRegistryCredentials: [{ server: image.repository.split('/')[0] ?? '', identity }],
    subnetIds: [{ id: id('Microsoft.Network/virtualNetworks/subnets', name, containerSubnet) }],
    diagnostics: {
      logAnalytics: {
        logType: 'ContainerInstanceLogs',
        workspaceId: `[reference(${workspace.slice(1, -1)}, '2022-10-01').customerId]`,
        workspaceKey: `[listKeys(${workspace.slice(1, -1)}, '2022-10-01').primarySharedKey]`,
      },
    },
  } satisfies Partial<ContainerGroup>;
}

/** Runs before the service, and sees the variables of the database only. */
function migration(values: AzureValues): InitContainerDefinition {
  return {
    name: names.migrate,
    image: imageReference(values.image),
    // A command here replaces the entry point of the image.
    command: [...entryPoint, ...migrateArguments],
    environmentVariables: environmentOf(commandSettings('migrate', values, platform(values))),
  };
}

function serviceContainer(values: AzureValues): Container {
  const hasKeys = Object.keys(values.jwt.publicKeys).length > 0;
  return {
    name: names.app,
    image: imageReference(values.image),
    ports: [ports.http, ports.metrics].map((port) => ({ port, protocol: 'TCP' })),
    environmentVariables: environmentOf(serviceSettings(values, platform(values))),
    resources: sizeOf(values.resources.limits),
    livenessProbe: probe(probePaths.live, 10),
    readinessProbe: probe(probePaths.ready, 5),
    ...(hasKeys && {
      volumeMounts: [{ name: 'public-keys', mountPath: publicKeysFolder, readOnly: true }],
    }),
  };
}

/** One replica of the service. @param number from 1; the groups are spread over the three zones of the region */
export function serviceGroup(values: AzureValues, number: number): ContainerGroup {
  const volumes = publicKeys(values);
  return {
    ...common(values),
    zones: [String(((number - 1) % 3) + 1)],
    restartPolicy: 'Always',
    ipAddress: {
      type: 'Private',
      ports: [ports.http, ports.metrics].map((port) => ({ port, protocol: 'TCP' })),
    },
    initContainers: [migration(values)],
    containers: [serviceContainer(values)],
    ...(volumes.length > 0 && { volumes }),
  };
}

/** It runs once when it is created, and then whenever the trigger starts it. */
export function purgeGroup(values: AzureValues): ContainerGroup {
  return {
    ...common(values),
    restartPolicy: 'Never',
    containers: [
      {
        name: names.purge,
        image: imageReference(values.image),
        command: [...entryPoint, ...purgeArguments(values.purge)],
        environmentVariables: environmentOf(commandSettings('purge', values, platform(values))),
        resources: sizeOf(values.purge.resources.limits),
      },
    ],
  };
}
