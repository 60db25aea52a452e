import { commandSettings, type SecretKey, secretsOf, serviceSettings } from '../../workload/settings.ts';
import { addressResource, firewallProperties, gatewayProperties } from './application-gateway.ts';
import { platform, purgeGroup, serviceGroup } from './container-groups.ts';
import { groupName, id, idCall, parameterOf, resources, types } from './expressions.ts';
import { assignment, workflow } from './purge-trigger.ts';
import { toTemplate } from './sdk.ts';
import type { AzureValues } from './values.ts';

const location = '[resourceGroup().location]';

const resource = ([type, apiVersion]: readonly [string, string], name: string, rest: object) => ({
  type,
  apiVersion,
  name,
  ...rest,
});

/** The secrets that the containers need, in the order of their variables. */
export function secretKeys(values: AzureValues): SecretKey[] {
  const serve = secretsOf(serviceSettings(values, platform(values)));
  const migrate = secretsOf(commandSettings('migrate', values, platform(values)));
  return [...new Set([...serve, ...migrate])];
}

const numbers = ({ autoscaling }: AzureValues): number[] =>
  Array.from({ length: autoscaling.minReplicas }, (_none, at) => at + 1);

function gatewayResources(values: AzureValues, groups: readonly string[]) {
  const { identity } = values.azure.gateway;
  const address = id(types.address[0], resources.gatewayAddress);
  const firewall = id(types.firewall[0], resources.firewall);
  const user = id('Microsoft.ManagedIdentity/userAssignedIdentities', identity);
  return [
    resource(types.address, resources.gatewayAddress, { location, ...addressResource }),
    resource(types.firewall, resources.firewall, { location, properties: firewallProperties }),
    resource(types.gateway, resources.gateway, {
      location,
      zones: ['1', '2', '3'],
      identity: { type: 'UserAssigned', userAssignedIdentities: { [user]: {} } },
      properties: gatewayProperties(values, groups),
      dependsOn: [address, firewall, ...groups.map((group) => id(types.containerGroup[0], group))],
    }),
  ];
}

function purgeResources(values: AzureValues, groups: readonly string[]) {
  if (!values.purge.enabled) return [];
  return [
    resource(types.containerGroup, resources.purge, {
      ...toTemplate(purgeGroup(values)),
      // The first group has migrated the database.
      dependsOn: groups.slice(0, 1).map((group) => id(types.containerGroup[0], group)),
    }),
    resource(types.workflow, resources.purge, { location, ...workflow(values) }),
    { type: types.roleAssignment[0], apiVersion: types.roleAssignment[1], ...assignment },
  ];
}

function parameters(values: AzureValues) {
  const secrets = secretKeys(values).map((key) => [
    parameterOf(key),
    { type: 'securestring', metadata: { description: `The secret ${key}.` } },
  ]);
  return {
    revision: {
      type: 'string',
      defaultValue: 'a',
      maxLength: 10,
      metadata: {
        description:
          'Part of the names of the container groups. A new one starts new groups while the earlier ones serve.',
      },
    },
    ...Object.fromEntries(secrets),
  };
}

export function drawTemplate(values: AzureValues) {
  const groups = numbers(values).map(groupName);
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: parameters(values),
    resources: [
      ...numbers(values).map((number) =>
        resource(types.containerGroup, groupName(number), {
          ...toTemplate(serviceGroup(values, number)),
          dependsOn: [],
        }),
      ),
      ...gatewayResources(values, groups),
      ...purgeResources(values, groups),
    ],
    outputs: {
      address: {
        type: 'string',
        value: `[reference(${idCall(types.address[0], resources.gatewayAddress)}).ipAddress]`,
      },
    },
  };
}

/** Where each secret comes from. ARM reads the Key Vault itself, so no secret is on a command line or in a file. */
export function drawParameters(values: AzureValues) {
  const { keyVault, resourceGroup, subscription } = values.azure;
  const vault = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.KeyVault/vaults/${keyVault}`;
  const secrets = secretKeys(values).map((key) => [
    parameterOf(key),
    { reference: { keyVault: { id: vault }, secretName: key } },
  ]);
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: { revision: { value: 'a' }, ...Object.fromEntries(secrets) },
  };
}
