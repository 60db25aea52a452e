import { failed, passed, skipped } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import type { DoctorCheck } from './fault-check.ts';

/** What a probe of a server says, whichever server it is. */
interface Probe<Problem extends string> {
  readonly problem: Problem | null;
  readonly detail: string;
}

export interface Stage<Problem extends string> {
  readonly problem: Problem;
  readonly id: string;
  readonly title: string;
  readonly fix: string;
  readonly documentation: string;
}

interface Server<Problem extends string> {
  readonly category: string;
  /** Why there is nothing to probe. */
  readonly absent: string;
  probe(context: DoctorContext): Promise<Probe<Problem> | null>;
}

/**
 * One check for each step of a connection, from one probe. A step passes if the probe got past it, so the first step
 * that fails is the reason, and the later ones are skipped.
 * @param steps the stages of each step: the stages of one step exclude each other
 * @param first ids that the first step needs. Each later step needs the step before it.
 */
export function stageChecks<Problem extends string>(
  server: Server<Problem>,
  steps: readonly (readonly Stage<Problem>[])[],
  first: readonly string[] = [],
): DoctorCheck[] {
  return steps.flatMap((stages, index) => {
    const needs = steps[index - 1]?.map((stage) => stage.id) ?? first;
    return stages.map(({ problem, id, title, fix, documentation }): DoctorCheck => {
      const others = stages.filter((stage) => stage.problem !== problem).map((stage) => stage.problem);
      return {
        ...{ id, title, documentation, needs, category: server.category },
        async run(context) {
          const probe = await server.probe(context);
          if (!probe) return skipped(server.absent);
          if (probe.problem === problem) return failed(probe.detail, fix);
          const isOther = probe.problem !== null && others.includes(probe.problem);
          return isOther
            ? skipped('The connection fails for another reason')
            : passed('The connection gets past this step');
        },
      };
    });
  });
}
