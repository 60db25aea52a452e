import { loadBalancerPath, ports } from '../../names.ts';
import { id, idCall, resources, types } from './expressions.ts';
import type { AzureValues } from './values.ts';

const [gatewayType] = types.gateway;

/** A part of the gateway that another part names. */
const part = (kind: string, name: string) => ({ id: id(`${gatewayType}/${kind}`, resources.gateway, name) });

function frontEnd({ azure }: AzureValues) {
  const subnet = id(
    'Microsoft.Network/virtualNetworks/subnets',
    azure.network.name,
    azure.network.gatewaySubnet,
  );
  const address = id(types.address[0], resources.gatewayAddress);
  const listener = (name: string, port: string) => ({
    frontendIPConfiguration: part('frontendIPConfigurations', 'public'),
    frontendPort: part('frontendPorts', port),
    ...(name === 'https'
      ? {
          protocol: 'Https',
          hostName: azure.host,
          sslCertificate: part('sslCertificates', 'api'),
          requireServerNameIndication: true,
        }
      : { protocol: 'Http' }),
  });
  return {
    gatewayIPConfigurations: [{ name: 'gateway', properties: { subnet: { id: subnet } } }],
    frontendIPConfigurations: [{ name: 'public', properties: { publicIPAddress: { id: address } } }],
    frontendPorts: [
      { name: 'https', properties: { port: 443 } },
      { name: 'http', properties: { port: 80 } },
    ],
    sslCertificates: [
      {
        name: 'api',
        // Without a version the gateway takes a renewed certificate within four hours.
        properties: {
          keyVaultSecretId: `https://${azure.keyVault}.vault.azure.net/secrets/${azure.gateway.certificate}`,
        },
      },
    ],
    // TLS 1.2 and newer.
    sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101S' },
    httpListeners: [
      { name: 'https', properties: listener('https', 'https') },
      { name: 'http', properties: listener('http', 'http') },
    ],
  };
}

/** The container groups of the revision. Their addresses are known when they exist, so each deployment writes them here. */
function backEnd({ azure }: AzureValues, groups: readonly string[]) {
  const addressOf = (group: string) => `[reference(${idCall(types.containerGroup[0], group)}).ipAddress.ip]`;
  return {
    backendAddressPools: [
      {
        name: 'service',
        properties: { backendAddresses: groups.map((group) => ({ ipAddress: addressOf(group) })) },
      },
    ],
    backendHttpSettingsCollection: [
      {
        name: 'service',
        properties: {
          port: ports.http,
          protocol: 'Http',
          cookieBasedAffinity: 'Disabled',
          // ALLOWED_HOSTS compares the host of the client.
          pickHostNameFromBackendAddress: false,
          // An export of the data of a user may take 15 minutes.
          requestTimeout: 900,
          connectionDraining: { enabled: true, drainTimeoutInSec: 60 },
          probe: part('probes', 'ready'),
        },
      },
    ],
    probes: [
      {
        name: 'ready',
        properties: {
          protocol: 'Http',
          host: azure.host,
          path: loadBalancerPath,
          interval: 5,
          timeout: 5,
          unhealthyThreshold: 2,
          pickHostNameFromBackendHttpSettings: false,
          match: { statusCodes: ['200'] },
        },
      },
    ],
  };
}

const rules = {
  redirectConfigurations: [
    {
      name: 'https',
      properties: {
        redirectType: 'Permanent',
        targetListener: part('httpListeners', 'https'),
        includePath: true,
        includeQueryString: true,
      },
    },
  ],
  requestRoutingRules: [
    {
      name: 'https',
      properties: {
        ruleType: 'Basic',
        priority: 10,
        httpListener: part('httpListeners', 'https'),
        backendAddressPool: part('backendAddressPools', 'service'),
        backendHttpSettings: part('backendHttpSettingsCollection', 'service'),
      },
    },
    {
      name: 'http',
      properties: {
        ruleType: 'Basic',
        priority: 20,
        httpListener: part('httpListeners', 'http'),
        redirectConfiguration: part('redirectConfigurations', 'https'),
      },
    },
  ],
};

export function gatewayProperties(values: AzureValues, groups: readonly string[]) {
  const { maxCapacity, minCapacity } = values.azure.gateway;
  return {
    sku: { name: 'WAF_v2', tier: 'WAF_v2' },
    autoscaleConfiguration: { minCapacity, maxCapacity },
    enableHttp2: true,
    firewallPolicy: { id: id(types.firewall[0], resources.firewall) },
    ...frontEnd(values),
    ...backEnd(values, groups),
    ...rules,
  };
}

/**
 * Bodies are not inspected: they contain passwords, which may look like an attack and would then be refused and logged. The
 * service accepts nothing but JSON of a strict schema.
 */
export const firewallProperties = {
  policySettings: { state: 'Enabled', mode: 'Prevention', requestBodyCheck: false },
  managedRules: { managedRuleSets: [{ ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1' }] },
};

export const addressResource = {
  sku: { name: 'Standard', tier: 'Regional' },
  zones: ['1', '2', '3'],
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' },
};
