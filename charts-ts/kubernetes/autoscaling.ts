import { Construct } from 'constructs';
import type { Values } from '../values/schema.ts';
import { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { ScaledObject } from './scaled-object.ts';

/** The autoscaler that the values choose. */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    if (values.autoscaling.kind === 'keda') new ScaledObject(this, 'keda', values);
    else new HorizontalPodAutoscaler(this, 'hpa', values);
  }
}
