import type { OutcomeListener } from './degradation.ts';
import type { DurationHistogram } from './metric-factory.ts';

/** Runs an operation, which starts at once, and records it. The result or the error passes through unchanged. */
export type Instrumentation = <T>(operation: string, run: () => Promise<T>) => Promise<T>;

export const noInstrumentation: Instrumentation = (_operation, run) => run();

/** Observes the duration of operations by outcome, around `inner`, and reports each outcome to `listener`. */
export function instrument(
  duration: DurationHistogram<'outcome'>,
  inner: Instrumentation = noInstrumentation,
  listener?: OutcomeListener,
): Instrumentation {
  return async (operation, run) => {
    const start = performance.now();
    const observe = (outcome: string) => duration.observe((performance.now() - start) / 1000, { outcome });
    try {
      const result = await inner(operation, run);
      observe('ok');
      listener?.onSuccess(operation);
      return result;
    } catch (error) {
      observe('error');
      listener?.onFailure(error);
      throw error;
    }
  };
}
