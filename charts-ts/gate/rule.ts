import type { Tree } from '../values/merge.ts';
import type { Document, Finding } from './document.ts';
import { documentsOfKind, type ManifestSet, type Workload } from './manifest-set.ts';
import { asText } from './untyped.ts';

/** One check of the objects that are applied together. */
export interface Rule {
  readonly id: string;
  check(manifests: ManifestSet): Iterable<Finding>;
}

/** Yields one message for each fault of `T`. */
type Check<T> = (subject: T, manifests: ManifestSet) => Iterable<string>;

/** A rule about pods. */
export function podRule(id: string, check: Check<Workload>): Rule {
  return {
    id,
    *check(manifests) {
      for (const workload of manifests.workloads) {
        for (const message of check(workload, manifests)) yield { document: workload.document, message };
      }
    },
  };
}

/** A rule about containers and init containers. */
export function containerRule(
  id: string,
  check: (container: Tree, workload: Workload) => Iterable<string>,
): Rule {
  return podRule(id, function* (workload) {
    for (const container of workload.containers) {
      for (const message of check(container, workload))
        yield `container ${asText(container.name)} ${message}`;
    }
  });
}

/** A rule about objects of these kinds. An empty list means every kind. */
export function objectRule(id: string, kinds: readonly string[], check: Check<Document>): Rule {
  return {
    id,
    *check(manifests) {
      const documents = kinds.length > 0 ? documentsOfKind(manifests, ...kinds) : manifests.documents;
      for (const document of documents) {
        for (const message of check(document, manifests)) yield { document, message };
      }
    },
  };
}
