import type { Timing } from './declare.ts';
import type { Outcomes } from './degradation.ts';

/** Runs a piece of work, which starts at once, and observes it; what it gives or throws passes through. */
export type Watch = <T>(operation: string, work: () => Promise<T>) => Promise<T>;

export const unwatched: Watch = (_operation, work) => work();

/** Times work by its outcome, around whatever `inner` does with it, and tells `outcomes` how it ended. */
export function timed(timing: Timing<'outcome'>, inner: Watch = unwatched, outcomes?: Outcomes): Watch {
  return async (operation, work) => {
    const start = performance.now();
    const observe = (outcome: string) => timing.observe((performance.now() - start) / 1000, { outcome });
    try {
      const result = await inner(operation, work);
      observe('ok');
      outcomes?.succeeded(operation);
      return result;
    } catch (error) {
      observe('error');
      outcomes?.failed(error);
      throw error;
    }
  };
}
