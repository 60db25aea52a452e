import type { Manifest } from '../../manifest.ts';
import { checkSpec, integer, listOf, strict, string, strings, texts } from './strict-schema.ts';

const selector = strict({
  matchLabels: texts,
  matchExpressions: listOf(
    strict({ key: string, operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }, values: strings }, [
      'key',
      'operator',
    ]),
  ),
});

/** A name or a pattern, in the format of the CRD of Cilium. */
const name = {
  matchName: { ...string, maxLength: 255, pattern: '^([-a-zA-Z0-9_]+[.]?)+$' },
  matchPattern: { ...string, maxLength: 255, pattern: '^(([*]{0,2}[-a-zA-Z0-9_]*)+[.]?)+$' },
};

const toPorts = listOf(
  strict({
    ports: listOf(
      strict(
        {
          port: {
            ...string,
            pattern:
              '^(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})|([a-zA-Z0-9]-?)*[a-zA-Z](-?[a-zA-Z0-9])*$',
          },
          protocol: { enum: ['TCP', 'UDP', 'SCTP', 'ANY'] },
          endPort: { ...integer, minimum: 0, maximum: 65_535 },
        },
        ['port'],
      ),
    ),
    rules: strict({ dns: listOf(strict(name)) }),
  }),
);

const entities = listOf({
  enum: [
    'all',
    'world',
    'cluster',
    'host',
    'init',
    'ingress',
    'unmanaged',
    'remote-node',
    'health',
    'none',
    'kube-apiserver',
  ],
});

/** The fields of a CiliumNetworkPolicy that the charts use. No npm package has its schema. */
const spec = strict(
  {
    endpointSelector: selector,
    ingress: listOf(strict({ fromEntities: entities, toPorts })),
    egress: listOf(
      strict({
        toEndpoints: listOf(selector),
        toCIDRSet: listOf(strict({ cidr: string, except: strings }, ['cidr'])),
        toEntities: entities,
        toFQDNs: listOf(strict(name)),
        toPorts,
      }),
    ),
  },
  ['endpointSelector'],
);

/** Checks a CiliumNetworkPolicy and returns messages, or undefined for any other kind. */
export async function checkCilium(object: Manifest): Promise<string[] | undefined> {
  const isKnown = object.apiVersion === 'cilium.io/v2' && object.kind === 'CiliumNetworkPolicy';
  return isKnown ? checkSpec(object, spec) : undefined;
}
