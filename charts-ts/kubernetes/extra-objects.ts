import { Construct } from 'constructs';
import { addObject, isClusterScoped } from '../manifest.ts';
import { metadata } from '../names.ts';
import { dropNulls, isTree, type Tree } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';

/** The namespace and the labels of the installation, without those by which something of ours selects objects. */
function standardMetadata(values: Values, name: string) {
  const { labels, ...rest } = metadata(values, name, { component: 'extra' });
  const { app: _selector, ...others } = labels;
  return { ...rest, labels: others };
}

/**
 * Manifests of the operator, with the metadata that they leave out. `namespace: null` stands for none: the charts know
 * only of the kinds of Kubernetes, and of those called Cluster…, that they belong to no namespace.
 */
export class ExtraObjects extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    for (const [index, object] of values.extraObjects.entries()) {
      const given: Tree = object.metadata;
      const { labels, namespace, ...rest } = standardMetadata(values, object.metadata.name);
      const isOfCluster = given.namespace === null || isClusterScoped(object);
      addObject(this, `object-${index}`, {
        ...object,
        metadata: {
          ...rest,
          ...(!isOfCluster && { namespace }),
          ...dropNulls(given),
          name: object.metadata.name,
          labels: { ...labels, ...(isTree(given.labels) && given.labels) },
        },
      });
    }
  }
}
