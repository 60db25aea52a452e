import { type Check, failed, passed } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';

export type DoctorCheck = Check<DoctorContext>;

/** A check that reports the faults that the parser of the configuration has found for it. */
export function faultCheck(
  check: Omit<DoctorCheck, 'run'> & { readonly fix: string; readonly good: string },
): DoctorCheck {
  const { fix, good, ...rest } = check;
  return {
    ...rest,
    async run(context) {
      const faults = context.faultsOf(check.id);
      return faults.length > 0 ? failed(faults.map(({ text }) => text).join('; '), fix) : passed(good);
    },
  };
}
