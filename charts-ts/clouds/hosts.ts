import type { IIngressSpec } from 'kubernetes-models/networking.k8s.io/v1';
import type { Values } from '../values/schema.ts';

type ListedHost = Values['ingress']['hosts'][number];

/** A public name of the API, the paths that are routed to it, and the Secret with its certificate. */
export interface Host {
  readonly host: string;
  readonly paths: readonly {
    readonly path: string;
    readonly pathType: 'Prefix' | 'Exact' | 'ImplementationSpecific';
  }[];
  readonly tlsSecretName?: string | undefined;
}

/** /metrics is on another port, which no path exposes. */
const everyPath: NonNullable<ListedHost['paths']> = [{ path: '/' }];

/** The public names, beginning with `ingress.host`, which an entry of `ingress.hosts` may describe further. */
export function hostsOf({ ingress }: Values): Host[] {
  const { host, hosts } = ingress;
  const first: ListedHost[] = host === undefined ? [] : [hosts.find((one) => one.host === host) ?? { host }];
  return [...first, ...hosts.filter((one) => one.host !== host)].map((one) => ({
    host: one.host,
    paths: (one.paths ?? everyPath).map(({ path, pathType = 'Prefix' }) => ({ path, pathType })),
    tlsSecretName: one.tlsSecretName ?? ingress.tlsSecretName,
  }));
}

/** Whether the certificate of each name is in a Secret, and not with the cloud. */
export const hasTlsSecrets = (values: Values): boolean =>
  hostsOf(values).every(({ tlsSecretName }) => tlsSecretName !== undefined);

/**
 * `spec.tls` of an Ingress: one entry for each Secret. Names without one get `fallback`, or an entry without Secret.
 * Scanners then see that the Ingress uses TLS, and controllers take their default certificate.
 */
export function ingressTls(values: Values, fallback?: string): NonNullable<IIngressSpec['tls']> {
  const hostsOfSecret = new Map<string | undefined, string[]>();
  for (const { host, tlsSecretName = fallback } of hostsOf(values))
    hostsOfSecret.set(tlsSecretName, [...(hostsOfSecret.get(tlsSecretName) ?? []), host]);
  return [...hostsOfSecret].map(([secretName, hosts]) => ({ hosts, ...(secretName && { secretName }) }));
}
