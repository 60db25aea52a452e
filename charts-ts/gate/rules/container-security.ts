import { containerRule, type Rule } from '../rule.ts';
import { asMap, asMaps, get } from '../untyped.ts';

/** Rules about the rights of a container. */
export const containerSecurityRules: readonly Rule[] = [
  containerRule('run-as-user', function* ({ securityContext }) {
    for (const field of ['runAsUser', 'runAsGroup']) {
      if (!(Number(get(securityContext, field)) > 10_000))
        yield `must set securityContext.${field} to an id above 10000`;
    }
    if (get(securityContext, 'runAsNonRoot') !== true) yield 'must set securityContext.runAsNonRoot: true';
  }),
  containerRule('seccomp-profile', function* ({ securityContext }) {
    if (get(securityContext, 'seccompProfile', 'type') !== 'RuntimeDefault')
      yield 'must set securityContext.seccompProfile.type: RuntimeDefault';
  }),
  containerRule('privilege-escalation', function* ({ securityContext }) {
    if (get(securityContext, 'allowPrivilegeEscalation') !== false)
      yield 'must set securityContext.allowPrivilegeEscalation: false';
  }),
  containerRule('privileged', function* ({ securityContext }) {
    if (get(securityContext, 'privileged') !== false) yield 'must set securityContext.privileged: false';
  }),
  containerRule('read-only-root', function* ({ securityContext }) {
    if (get(securityContext, 'readOnlyRootFilesystem') !== true)
      yield 'must set securityContext.readOnlyRootFilesystem: true';
  }),
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
