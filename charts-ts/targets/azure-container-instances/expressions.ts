import { names } from '../../names.ts';

/** Names of the resources that the template creates. */
export const resources = {
  gateway: 'auth-gateway',
  gatewayAddress: 'auth-gateway-address',
  firewall: 'auth-gateway-firewall',
  purge: names.purge,
} as const;

/** Types of resources, with the version of their API that the template uses. */
export const types = {
  containerGroup: ['Microsoft.ContainerInstance/containerGroups', '2023-05-01'],
  gateway: ['Microsoft.Network/applicationGateways', '2023-11-01'],
  firewall: ['Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies', '2023-11-01'],
  address: ['Microsoft.Network/publicIPAddresses', '2023-11-01'],
  workflow: ['Microsoft.Logic/workflows', '2019-05-01'],
  roleAssignment: ['Microsoft.Authorization/roleAssignments', '2022-04-01'],
} as const;

/** `resourceId('TYPE', 'NAME', …)` without brackets. An argument in brackets is an expression, and every other one a name. */
export function idCall(type: string, ...parts: readonly string[]): string {
  const quoted = parts.map((part) => (isExpression(part) ? inner(part) : `'${part}'`));
  return `resourceId('${type}', ${quoted.join(', ')})`;
}

export const id = (type: string, ...parts: readonly string[]): string => `[${idCall(type, ...parts)}]`;

export const isExpression = (text: string): boolean =>
  text.startsWith('[') && !text.startsWith('[[') && text.endsWith(']');

/** The expression without its brackets. */
export const inner = (expression: string): string => expression.slice(1, -1);

/** A text as the template must contain it: one in brackets, such as a list of origins, would be evaluated. */
export const literal = (text: string): string =>
  text.startsWith('[') && text.endsWith(']') ? `[${text}` : text;

/** The text of a literal. */
export const literalText = (text: string): string => (text.startsWith('[[') ? text.slice(1) : text);

export const parameter = (name: string): string => `[parameters('${name}')]`;

/** The name of a container group. A revision has groups of its own, which start while the earlier ones still serve. */
export const groupName = (number: number): string =>
  `[format('${names.app}-{0}-${number}', parameters('revision'))]`;

/** `jwt-private-key` → `jwtPrivateKey`. */
export const parameterOf = (secret: string): string =>
  secret.replace(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
