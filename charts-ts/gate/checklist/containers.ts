import { get, text, tree, trees } from '../json.ts';
import { containerRule, type Rule } from '../rule.ts';

const sensitive = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_KEY|_DB_URL|REDIS_URL)/;

/** Where a variable is a path or a reference, its value is no secret. */
const isPointer = (name: string): boolean => /_(FILE|PATH|DIR|TTL)$/.test(name);

/** What a container may be and do. */
export const containerRules: readonly Rule[] = [
  containerRule(
    'image-pinned',
    [
      'KSV-0013',
      'CKV_K8S_14',
      'kube-score container-image-tag',
      'polaris tagNotSpecified',
      'kube-linter latest-tag',
    ],
    function* ({ image }) {
      const [, tag, digest] = /^[^@]*?(?::([^:/@]+))?(?:@(.*))?$/.exec(text(image)) ?? [];
      if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
        yield `has a malformed digest: ${text(image)}`;
      if (digest === undefined && (!tag || tag === 'latest'))
        yield `needs an image tag other than latest: ${text(image)}`;
    },
  ),
  containerRule(
    'image-pull-policy',
    ['CKV_K8S_15', 'kube-score container-image-pull-policy', 'polaris pullPolicyNotAlways'],
    function* ({ imagePullPolicy }) {
      if (imagePullPolicy !== 'Always') yield 'needs imagePullPolicy Always';
    },
  ),
  containerRule(
    'run-as-user',
    [
      'KSV-0012',
      'KSV-0020',
      'KSV-0021',
      'CKV_K8S_23',
      'CKV_K8S_40',
      'C-0013',
      'kube-score container-security-context-user-group-id',
      'polaris runAsRootAllowed',
    ],
    function* ({ securityContext }) {
      for (const field of ['runAsUser', 'runAsGroup']) {
        if (!(Number(get(securityContext, field)) > 10_000))
          yield `needs securityContext.${field} above 10000`;
      }
      if (get(securityContext, 'runAsNonRoot') !== true) yield 'needs securityContext.runAsNonRoot: true';
    },
  ),
  containerRule(
    'seccomp-profile',
    ['KSV-0030', 'KSV-0104', 'CKV_K8S_31', 'C-0055'],
    function* ({ securityContext }) {
      if (get(securityContext, 'seccompProfile', 'type') !== 'RuntimeDefault')
        yield 'needs seccompProfile RuntimeDefault';
    },
  ),
  containerRule(
    'privilege-escalation',
    [
      'KSV-0001',
      'CKV_K8S_20',
      'C-0016',
      'polaris privilegeEscalationAllowed',
      'kube-linter privilege-escalation-container',
    ],
    function* ({ securityContext }) {
      if (get(securityContext, 'allowPrivilegeEscalation') !== false)
        yield 'needs allowPrivilegeEscalation: false';
    },
  ),
  containerRule(
    'privileged',
    ['KSV-0017', 'CKV_K8S_16', 'C-0057', 'polaris runAsPrivileged'],
    function* ({ securityContext }) {
      if (get(securityContext, 'privileged') !== false) yield 'needs privileged: false';
    },
  ),
  containerRule(
    'read-only-root',
    [
      'KSV-0014',
      'CKV_K8S_22',
      'C-0017',
      'polaris notReadOnlyRootFilesystem',
      'kube-linter no-read-only-root-fs',
    ],
    function* ({ securityContext }) {
      if (get(securityContext, 'readOnlyRootFilesystem') !== true) yield 'needs readOnlyRootFilesystem: true';
    },
  ),
  containerRule(
    'capabilities',
    [
      'KSV-0003',
      'KSV-0022',
      'KSV-0106',
      'CKV_K8S_25',
      'CKV_K8S_28',
      'CKV_K8S_37',
      'C-0046',
      'polaris insecureCapabilities',
    ],
    function* ({ securityContext }) {
      const { add, drop } = tree(get(securityContext, 'capabilities'));
      if (!Array.isArray(drop) || !drop.includes('ALL')) yield 'needs capabilities.drop: [ALL]';
      if (Array.isArray(add) && add.length > 0) yield 'must not add capabilities';
    },
  ),
  containerRule(
    'resources',
    [
      'KSV-0011',
      'KSV-0015',
      'KSV-0016',
      'KSV-0018',
      'CKV_K8S_10',
      'CKV_K8S_11',
      'CKV_K8S_12',
      'CKV_K8S_13',
      'C-0270',
      'C-0271',
      'kube-score container-resources',
      'kube-score container-ephemeral-storage-request-and-limit',
    ],
    function* ({ resources }) {
      for (const part of ['requests', 'limits']) {
        for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
          if (get(resources, part, name) === undefined) yield `needs resources.${part}.${name}`;
        }
      }
    },
  ),
  containerRule(
    'duplicate-env',
    ['kube-linter duplicate-env-var', 'kube-score environment-variable-key-duplication'],
    function* ({ env }) {
      const names = trees(env).map(({ name }) => text(name));
      for (const name of new Set(names)) {
        if (names.indexOf(name) !== names.lastIndexOf(name)) yield `names the variable ${name} twice`;
      }
    },
  ),
  containerRule('named-env', [], function* ({ envFrom }) {
    if (envFrom !== undefined) yield 'must name each variable in env instead of envFrom';
  }),
  containerRule(
    'secret-literals',
    ['C-0012', 'polaris sensitiveContainerEnvVar', 'kube-linter env-var-secret'],
    function* ({ env }) {
      for (const { name, value } of trees(env)) {
        if (value !== undefined && sensitive.test(text(name)) && !isPointer(text(name)))
          yield `spells out the secret ${text(name)}`;
      }
    },
  ),
  containerRule(
    'secrets-as-files',
    ['CKV_K8S_35', 'C-0207', 'kube-linter read-secret-from-env-var'],
    function* ({ env }) {
      for (const { name, valueFrom } of trees(env)) {
        if (get(valueFrom, 'secretKeyRef'))
          yield `takes ${text(name)} from a Secret by environment instead of a file`;
      }
    },
  ),
  containerRule(
    'host-ports',
    ['KSV-0024', 'CKV_K8S_26', 'C-0044', 'polaris hostPortSet'],
    function* ({ ports }) {
      if (trees(ports).some(({ hostPort }) => hostPort !== undefined))
        yield 'must not take a port of its node';
    },
  ),
];
