import { type Context, createContextKey, TraceFlags, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

const fromStranger = createContextKey('the trace was begun by a caller that is not trusted');

/** Marks a context whose remote parent must not decide about sampling. */
export const distrust = (context: Context): Context => context.setValue(fromStranger, true);

/** The sampler of traces that begin here. */
function rootSampler(name: SamplerName, ratio: number): Sampler {
  if (name.endsWith('always_off')) return new AlwaysOffSampler();
  return name.endsWith('traceidratio') ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}

/**
 * The sampler that OTEL_TRACES_SAMPLER names, with one difference: a caller that is not trusted decides nothing, neither by the
 * flag of its `traceparent` nor by a trace id that it has chosen, from which `traceidratio` computes its decision. Then a
 * random id takes the place of the id. The trace keeps the id of the caller
 * (docs/decisions/0064-the-service-decides-what-is-sampled.md).
 * @param options.ratio share of the traces that `traceidratio` records, from 0 to 1
 */
export function createSampler({ name, ratio }: { name: SamplerName; ratio: number }): Sampler {
  const root = rootSampler(name, ratio);
  const configured = name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
  const ids = new RandomIdGenerator();
  return {
    shouldSample(context, traceId, ...span) {
      const parent = trace.getSpanContext(context);
      if (parent && !parent.isRemote) {
        const isSampled = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
        return { decision: isSampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
      }
      if (context.getValue(fromStranger) !== true) return configured.shouldSample(context, traceId, ...span);
      return root.shouldSample(trace.deleteSpan(context), ids.generateTraceId(), ...span);
    },
    toString: () => `sampler of the service (${configured})`,
  };
}
