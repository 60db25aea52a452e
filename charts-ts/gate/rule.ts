import type { Tree } from '../values/set-flag.ts';
import type { Document, Finding } from './document.ts';
import { text } from './json.ts';
import { ofKind, type Workload, type World } from './world.ts';

/** One named check over everything that is applied together. */
export interface Rule {
  readonly id: string;
  /** What other scanners call it. */
  readonly covers: readonly string[];
  check(world: World): Iterable<Finding>;
}

/** A rule about pods: `check` says what is wrong with one. */
export function podRule(
  id: string,
  covers: readonly string[],
  check: (workload: Workload, world: World) => Iterable<string>,
): Rule {
  return {
    id,
    covers,
    *check(world) {
      for (const workload of world.workloads) {
        for (const message of check(workload, world)) yield { document: workload.document, message };
      }
    },
  };
}

/** A rule about containers, init containers included. */
export function containerRule(
  id: string,
  covers: readonly string[],
  check: (container: Tree, workload: Workload) => Iterable<string>,
): Rule {
  return podRule(id, covers, function* (workload) {
    for (const container of workload.containers) {
      for (const message of check(container, workload)) yield `container ${text(container.name)} ${message}`;
    }
  });
}

/** A rule about objects of some kinds, or of every kind where none is named. */
export function objectRule(
  id: string,
  covers: readonly string[],
  kinds: readonly string[],
  check: (document: Document, world: World) => Iterable<string>,
): Rule {
  return {
    id,
    covers,
    *check(world) {
      for (const document of kinds.length > 0 ? ofKind(world, ...kinds) : world.documents) {
        for (const message of check(document, world)) yield { document, message };
      }
    },
  };
}
