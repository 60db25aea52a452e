import { containerRule, podRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

const secretVariable = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_KEY|_DB_URL|REDIS_URL)/;

/** The value of such a variable is a path or a duration and no secret. */
const isPathOrDuration = (name: string): boolean => /_(FILE|PATH|DIR|TTL)$/.test(name);

const requiredField = (id: string, path: string, expected: string | boolean): Rule =>
  containerRule(id, function* (container) {
    if (get(container, ...path.split('.')) !== expected) yield `must set ${path}: ${expected}`;
  });

/** Rules about the image, the resources, the environment and the rights of a container. */
export const containerRules: readonly Rule[] = [
  containerRule('image-pinned', function* ({ image }) {
    const [, tag, digest] = /^[^@]*?(?::([^:/@]+))?(?:@(.*))?$/.exec(asText(image)) ?? [];
    if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
      yield `must use a digest of sha256: and 64 hexadecimal digits: ${asText(image)}`;
    if (digest === undefined && (!tag || tag === 'latest'))
      yield `must use an image tag other than latest: ${asText(image)}`;
  }),
  containerRule('image-pull-policy', function* ({ image, imagePullPolicy }) {
    // The content of a digest never changes. A node that has it need not ask the registry.
    const isEnough = imagePullPolicy === 'IfNotPresent' && asText(image).includes('@sha256:');
    if (imagePullPolicy !== 'Always' && !isEnough)
      yield 'must set imagePullPolicy: Always, or IfNotPresent with an image that has a digest';
  }),
  containerRule('resources', function* ({ resources }) {
    for (const path of ['requests.cpu', 'requests.memory', 'limits.memory']) {
      if (get(resources, ...path.split('.')) === undefined) yield `must set resources.${path}`;
    }
  }),
  containerRule('cpu-limit', function* ({ resources }) {
    if (get(resources, 'limits', 'cpu') === undefined) yield 'must set resources.limits.cpu';
  }),
  containerRule('ephemeral-storage', function* ({ resources }) {
    for (const kind of ['requests', 'limits']) {
      if (get(resources, kind, 'ephemeral-storage') === undefined)
        yield `must set resources.${kind}.ephemeral-storage`;
    }
  }),
  containerRule('duplicate-env', function* ({ env }) {
    const names = asMaps(env).map(({ name }) => asText(name));
    for (const name of new Set(names)) {
      if (names.indexOf(name) !== names.lastIndexOf(name)) yield `must set the variable ${name} only once`;
    }
  }),
  containerRule('named-env', function* ({ envFrom }) {
    if (envFrom !== undefined) yield 'must list each variable in env and not use envFrom';
  }),
  containerRule('secret-literals', function* ({ env }) {
    for (const { name, value } of asMaps(env)) {
      if (value !== undefined && secretVariable.test(asText(name)) && !isPathOrDuration(asText(name)))
        yield `must read the secret ${asText(name)} from a Secret and not contain its value`;
    }
  }),
  containerRule('secrets-as-files', function* ({ env }) {
    for (const { name, valueFrom } of asMaps(env)) {
      if (get(valueFrom, 'secretKeyRef'))
        yield `must read ${asText(name)} from a mounted file and not from an environment variable`;
    }
  }),
  podRule('run-as-user', function* ({ containers, podSpec }) {
    const isSafe = (context: unknown, field: string): boolean => Number(get(context, field)) > 10_000;
    for (const { name, securityContext } of containers)
      for (const field of ['runAsUser', 'runAsGroup'])
        if (!isSafe(securityContext, field))
          yield `container ${asText(name)} must set securityContext.${field} to an id above 10000`;
    for (const field of ['runAsUser', 'runAsGroup', 'fsGroup'])
      if (!isSafe(podSpec.securityContext, field))
        yield `must set the pod's securityContext.${field} to an id above 10000`;
  }),
  requiredField('run-as-non-root', 'securityContext.runAsNonRoot', true),
  requiredField('seccomp-profile', 'securityContext.seccompProfile.type', 'RuntimeDefault'),
  requiredField('privilege-escalation', 'securityContext.allowPrivilegeEscalation', false),
  requiredField('privileged', 'securityContext.privileged', false),
  requiredField('read-only-root', 'securityContext.readOnlyRootFilesystem', true),
  containerRule('capabilities', function* ({ securityContext }) {
    const { add, drop } = asMap(get(securityContext, 'capabilities'));
    if (!Array.isArray(drop) || !drop.includes('ALL'))
      yield 'must set securityContext.capabilities.drop: [ALL]';
    if (Array.isArray(add) && add.length > 0) yield 'must not set securityContext.capabilities.add';
  }),
  containerRule('host-ports', function* ({ ports }) {
    if (asMaps(ports).some(({ hostPort }) => hostPort !== undefined)) yield 'must not set hostPort';
  }),
];
