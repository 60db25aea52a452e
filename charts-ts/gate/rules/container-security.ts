import { containerRule, type Rule } from '../rule.ts';
import { asMap, asMaps, get } from '../untyped.ts';

/** Rules about the rights of a container. */
export const containerSecurityRules: readonly Rule[] = [
  containerRule(
    'run-as-user',
    'KSV-0012, KSV-0020, KSV-0021, CKV_K8S_23, CKV_K8S_40, C-0013, ' +
      'kube-score container-security-context-user-group-id, polaris runAsRootAllowed',
    function* ({ securityContext }) {
      for (const field of ['runAsUser', 'runAsGroup']) {
        if (!(Number(get(securityContext, field)) > 10_000))
          yield `must set securityContext.${field} to an id above 10000`;
      }
      if (get(securityContext, 'runAsNonRoot') !== true) yield 'must set securityContext.runAsNonRoot: true';
    },
  ),
  containerRule('seccomp-profile', 'KSV-0030, KSV-0104, CKV_K8S_31, C-0055', function* ({ securityContext }) {
    if (get(securityContext, 'seccompProfile', 'type') !== 'RuntimeDefault')
      yield 'must set securityContext.seccompProfile.type: RuntimeDefault';
  }),
  containerRule(
    'privilege-escalation',
    'KSV-0001, CKV_K8S_20, C-0016, polaris privilegeEscalationAllowed, ' +
      'kube-linter privilege-escalation-container',
    function* ({ securityContext }) {
      if (get(securityContext, 'allowPrivilegeEscalation') !== false)
        yield 'must set securityContext.allowPrivilegeEscalation: false';
    },
  ),
  containerRule(
    'privileged',
    'KSV-0017, CKV_K8S_16, C-0057, polaris runAsPrivileged',
    function* ({ securityContext }) {
      if (get(securityContext, 'privileged') !== false) yield 'must set securityContext.privileged: false';
    },
  ),
  containerRule(
    'read-only-root',
    'KSV-0014, CKV_K8S_22, C-0017, polaris notReadOnlyRootFilesystem, kube-linter no-read-only-root-fs',
    function* ({ securityContext }) {
      if (get(securityContext, 'readOnlyRootFilesystem') !== true)
        yield 'must set securityContext.readOnlyRootFilesystem: true';
    },
  ),
  containerRule(
    'capabilities',
    'KSV-0003, KSV-0022, KSV-0106, CKV_K8S_25, CKV_K8S_28, CKV_K8S_37, C-0046, ' +
      'polaris insecureCapabilities',
    function* ({ securityContext }) {
      const { add, drop } = asMap(get(securityContext, 'capabilities'));
      if (!Array.isArray(drop) || !drop.includes('ALL'))
        yield 'must set securityContext.capabilities.drop: [ALL]';
      if (Array.isArray(add) && add.length > 0) yield 'must not set securityContext.capabilities.add';
    },
  ),
  containerRule('host-ports', 'KSV-0024, CKV_K8S_26, C-0044, polaris hostPortSet', function* ({ ports }) {
    if (asMaps(ports).some(({ hostPort }) => hostPort !== undefined)) yield 'must not set hostPort';
  }),
];
