import {
  clusterName,
  guide,
  hashedName,
  type Installation,
  installationName,
  isGuide,
  secretEndings,
} from './installation.ts';
import { isTree, type Tree } from './merge.ts';

/** The installation that merged values describe. The schema refuses values that are no text. */
function installationOf(tree: Tree): Installation {
  const namespace = isTree(tree.namespace) ? tree.namespace.name : undefined;
  return { name: String(tree.name), namespace: String(namespace) };
}

/** Keys of Redis begin with it. It has at most 63 characters before the colon. */
function redisPrefix(installation: Installation): string {
  const name = clusterName(installation);
  return `${name.length > 63 ? hashedName(installation) : name}:`;
}

/** Beginning of the names in a secret store. Google and Azure allow no slash. A name contains no `--`. */
function storePrefix(cloud: unknown, { name, namespace }: Installation): string {
  return cloud === 'eks' ? `${namespace}/${name}/` : `${namespace}--${name}-`;
}

/**
 * What differs only for an installation of another name. One of the guide's name may run in another namespace since before
 * there were names: a new issuer would break who verifies its tokens, and a new prefix the rights of its user of Redis.
 */
function defaultsOfName(installation: Installation): Tree {
  const { name } = installation;
  if (name === guide.name) return {};
  const unique = clusterName(installation);
  return {
    jwt: { issuer: unique, audience: unique },
    extraConfig: { REDIS_KEY_PREFIX: redisPrefix(installation) },
    administrator: { secretName: `${name}-${secretEndings.administrator}` },
    backup: {
      secretName: `${name}-${secretEndings.backup}`,
      restore: { secretName: `${name}-${secretEndings.restore}` },
    },
  };
}

function secretNames({ name }: Installation): Tree {
  if (name === guide.name) return {};
  return { name: `${name}-${secretEndings.service}`, ownerName: `${name}-${secretEndings.owner}` };
}

/**
 * Defaults that depend on the name and the namespace of the installation, so that two installations share nothing. They lie
 * between the defaults of the cloud and what an operator gives. That of the deployment guide has those of values.yaml.
 */
export function derivedDefaults(merged: Tree): Tree {
  const installation = installationOf(merged);
  // The schema refuses the name itself, and one fault is enough.
  if (isGuide(installation) || !installationName.safeParse(installation.name).success) return {};
  const gateway = {
    gatewayNamespace: hashedName(installation, '-gateway'),
    gatewayName: hashedName(installation),
  };
  return {
    ...defaultsOfName(installation),
    scheduling: { priorityClass: { name: clusterName(installation) } },
    secrets: {
      ...secretNames(installation),
      external: { prefix: storePrefix(merged.cloud, installation) },
    },
    ...(merged.cloud === 'aks' && { aks: gateway }),
  };
}
