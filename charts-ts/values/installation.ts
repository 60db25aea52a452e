import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What distinguishes an installation from all others of a cluster. */
export interface Installation {
  readonly name: string;
  readonly namespace: string;
}

/** The installation of the deployment guide. Its objects keep the names of the guide and of earlier versions. */
export const guide: Installation = { name: 'auth-service', namespace: 'auth-system' };

export const isGuide = ({ name, namespace }: Installation): boolean =>
  name === guide.name && namespace === guide.namespace;

/** The first hexadecimal digits of a digest of the text. Ten have 40 bits, eight have 32. */
export const shortHash = (text: string, digits = 10): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/**
 * A name that no other installation of the cluster has, for kinds whose names may contain a dot. The names of an
 * installation and of a namespace contain none, so no other pair gives the same text.
 */
export const clusterName = (installation: Installation): string =>
  isGuide(installation) ? guide.name : `${installation.name}.${installation.namespace}`;

/**
 * The same for names without dots. It has no space for the namespace: AKS adds the name of the class to that of a Gateway,
 * and calls a Service so, which has at most 63 characters.
 */
export const hashedName = ({ name, namespace }: Installation, role = ''): string =>
  `${name}${role}-${shortHash(`${namespace}/${name}`, 8)}`;

/**
 * Endings of the names of objects, after the name of the installation and a hyphen. No ending is another one with a word
 * before it, and no installation has a name with such an ending, so that each name belongs to one installation.
 */
export const endings = {
  ingress: 'ingress',
  autoscaler: 'hpa',
  gateway: 'gateway',
  config: 'config',
  publicKeys: 'further-public-keys',
  databaseCa: 'database-ca',
  redisCa: 'redis-ca',
  secretsReader: 'secrets',
  purge: 'purge',
  migrate: 'migrate',
  administrator: 'administrator',
  backup: 'backup',
  restore: 'restore',
  drill: 'restore-drill',
} as const;

/** Of Secrets. They differ from those of the guide, so that an installation called `auth` shares no Secret with it. */
export const secretEndings = {
  service: 'credentials',
  owner: 'owner-role',
  backup: 'backup-key',
  restore: 'restore-key',
  administrator: 'administrator-password',
} as const;

const furtherEndings = [
  'adapter-rule',
  'callers',
  'cilium',
  'dashboard-(authentication|overview|runtime)',
  'default-deny',
  'gateway-tls',
  'load-balancer',
  'otlp',
  'paths-\\d+',
  'pods',
  'public',
  'redirect',
  'route-\\d+',
];

const reserved = [...Object.values(endings), ...Object.values(secretEndings), ...furtherEndings];
/** Some names end with a hash of the content as well, and copies of Helm with `-hook`. */
const reservedEnding = new RegExp(`-(${reserved.join('|')})(-[0-9a-f]{10})?(-hook)?$`);

function reservedMessage(name: string): string {
  const [ending = ''] = reservedEnding.exec(name) ?? [];
  return `must not end with ${ending}, because an installation called ${name.slice(0, -ending.length)} has objects of this name`;
}

/**
 * The value `name`. A CronJob has a name of at most 52 characters, and `-restore-drill` has 14 of them. A Gateway of AKS
 * leaves 37: 63 without a hash (`hashedName`) and `-approuting-istio`.
 */
export const installationName = z
  .string()
  .max(36)
  .regex(
    /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    'must begin with a lower case letter, and contain only lower case letters, digits and -',
  )
  .refine((name) => !name.includes('--'), 'must not contain --, which separates it from the namespace')
  .refine((name) => !name.startsWith('system-'), 'must not begin with system-, which Kubernetes reserves')
  .refine((name) => !reservedEnding.test(name), {
    error: ({ input }) => reservedMessage(String(input)),
  });
