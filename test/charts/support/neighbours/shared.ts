import type { Loose } from '../synthesized.ts';
import { type Neighbour, objectsOf, templateOf, titleOf } from './neighbour.ts';
import { referencesOf } from './references.ts';
import { selectionsOf } from './selections.ts';
import { expressionsOf, foreignSeries } from './series.ts';

const groupOf = ({ apiVersion }: Loose): string => (apiVersion.includes('/') ? apiVersion.split('/')[0] : '');

/** How Kubernetes identifies an object. `generateName` gives each run a name of its own. */
const identityOf = (object: Loose): string[] =>
  object.metadata.name
    ? [`${groupOf(object)} ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`]
    : [];

/** The Secrets and claims that the pods of an object mount or read. Nobody but the operator writes them. */
function mountedBy(object: Loose): string[] {
  const { containers = [], initContainers = [], volumes = [] } = templateOf(object)?.spec ?? {};
  const inEnvironment = [...containers, ...initContainers].flatMap(({ env }: Loose) =>
    env.flatMap(({ valueFrom }: Loose) => valueFrom?.secretKeyRef?.name ?? []),
  );
  const inVolumes = volumes.flatMap(({ persistentVolumeClaim, secret }: Loose) => [
    ...(secret ? [`Secret ${secret.secretName}`] : []),
    ...(persistentVolumeClaim ? [`claim ${persistentVolumeClaim.claimName}`] : []),
  ]);
  const all = [...inEnvironment.map((name: string) => `Secret ${name}`), ...inVolumes];
  return all.map((what) => `${what} of ${object.metadata.namespace}`);
}

/** What Grafana and Prometheus have only once, whatever the namespace. */
function monitoringOf({ data = {}, kind, spec }: Loose): string[] {
  const dashboards = Object.entries(data).filter(([file]) => file.endsWith('.json'));
  const groups = kind === 'PrometheusRule' ? spec.groups : [];
  return [
    ...dashboards.flatMap(([file, text]) => {
      const { title, uid } = JSON.parse(String(text));
      return [`file ${file}`, `uid ${uid}`, `dashboard ${title}`];
    }),
    ...groups.map(({ name }: Loose) => `group ${name}`),
  ];
}

/** Names in a secret store, and the keys in Redis. */
function outside({ data, kind, spec }: Loose): string[] {
  if (kind === 'ExternalSecret') return spec.data.map(({ remoteRef }: Loose) => `store ${remoteRef.key}`);
  return data?.REDIS_KEY_PREFIX ? [`Redis ${data.REDIS_KEY_PREFIX}`] : [];
}

/** Everything that only one installation may have. */
const claimsOf = (object: Loose): string[] => [
  ...identityOf(object),
  ...mountedBy(object),
  ...monitoringOf(object),
  ...outside(object),
];

/** What several installations have, one line each. */
export function sharedClaims(neighbours: readonly Neighbour[]): string[] {
  const owners = new Map<string, string[]>();
  for (const neighbour of neighbours)
    for (const claim of new Set(objectsOf(neighbour).flatMap(claimsOf)))
      owners.set(claim, [...(owners.get(claim) ?? []), titleOf(neighbour)]);
  return [...owners].flatMap(([claim, titles]) =>
    titles.length > 1 ? [`${claim.trim()}: ${titles.join(' and ')}`] : [],
  );
}

/** Selectors that select what belongs to another installation, or nothing at all. */
export function foreignSelections(neighbours: readonly Neighbour[]): string[] {
  return neighbours.flatMap((own) =>
    objectsOf(own).flatMap((object) =>
      selectionsOf(object).flatMap(({ isSelected, title }) => {
        const selected = neighbours.filter((other) => objectsOf(other).some(isSelected));
        const others = selected.filter((other) => other !== own).map(titleOf);
        return [
          ...(selected.includes(own) ? [] : [`${titleOf(own)}: ${title} selects nothing of its own`]),
          ...others.map((other) => `${titleOf(own)}: ${title} selects something of ${other}`),
        ];
      }),
    ),
  );
}

/** References by name to an object that another installation writes. */
export function foreignReferences(neighbours: readonly Neighbour[]): string[] {
  return neighbours.flatMap((own) => {
    const known = new Set(
      objectsOf(own)
        .flatMap(identityOf)
        .map((identity) => identity.replace(/^\S* /, '')),
    );
    return objectsOf(own)
      .flatMap((object) => referencesOf(object).map((reference) => ({ object, reference })))
      .filter(({ reference }) => !known.has(reference))
      .map(({ object, reference }) => `${titleOf(own)}: ${object.kind} refers to ${reference}`);
  });
}

/** Expressions of alerts, recordings and dashboards that read series of another installation, or not its own. */
export function foreignExpressions(neighbours: readonly Neighbour[]): string[] {
  return neighbours.flatMap((own) =>
    [...new Set(objectsOf(own).flatMap(expressionsOf))].flatMap((expression) =>
      foreignSeries(expression, own, neighbours).map((fault) => `${titleOf(own)}: ${fault}`),
    ),
  );
}
