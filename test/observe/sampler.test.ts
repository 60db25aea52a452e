import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { startTracing } from '../../app/observe/otlp.ts';
import type { SamplerName } from '../../app/observe/sampler.ts';

const parent = 'b7ad6b7169203331';
const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const sampled = { traceparent: `00-${id}-${parent}-01` };
const unsampled = { traceparent: `00-${id}-${parent}-00` };

function traced(sampler: SamplerName, samplerRatio = 1) {
  const exporter = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor(exporter);
  const tracing = startTracing({
    endpoint: 'http://localhost',
    version: '1',
    sampler,
    samplerRatio,
    processor,
  });
  return {
    exporter,
    /** One request with one hash. @returns the names of the spans that were recorded */
    async send(headers: Record<string, string>, isTrusted = false): Promise<string[]> {
      exporter.reset();
      await tracing.request({ headers, isTrusted }, async (span) => {
        await tracing.span('hash', 'argon2 hash', {}, async () => undefined);
        span.finish('GET /x', {}, false);
      });
      return exporter.getFinishedSpans().map(({ name }) => name);
    },
  };
}

const all = ['argon2 hash', 'GET /x'];

describe('Sampling', () => {
  for (const [sampler, expected] of [
    ['always_on', all],
    ['always_off', []],
    ['parentbased_always_on', all],
    ['parentbased_always_off', []],
  ] as const) {
    it(`is ${sampler}, whatever a stranger wants`, async () => {
      const { send } = traced(sampler);
      for (const headers of [{}, sampled, unsampled]) expect(await send(headers)).to.deep.equal(expected);
    });
  }

  for (const [sampler, headers, expected] of [
    ['parentbased_always_off', sampled, all],
    ['parentbased_always_on', unsampled, []],
    ['parentbased_traceidratio', sampled, all],
    ['always_on', unsampled, all],
    ['always_off', sampled, []],
  ] as const) {
    it(`of ${sampler} treats the flag of a trusted caller as OpenTelemetry says: ${headers.traceparent.slice(-2)}`, async () => {
      expect(await traced(sampler, 0).send(headers, true)).to.deep.equal(expected);
    });
  }

  for (const sampler of ['traceidratio', 'parentbased_traceidratio'] as const) {
    it(`by ${sampler} follows the ratio, and whole traces are recorded`, async () => {
      for (const [ratio, expected] of [
        [0, []],
        [1, all],
      ] as const)
        expect(await traced(sampler, ratio).send({})).to.deep.equal(expected);
      const { send } = traced(sampler, 0.5);
      const counts = [];
      for (let n = 0; n < 400; n += 1) counts.push((await send({})).length);
      expect(new Set(counts)).to.deep.equal(new Set([0, 2]));
      // Six standard deviations.
      expect(counts.filter((count) => count === 2).length).to.be.within(140, 260);
    });

    // OpenTelemetry computes the decision from the id: the first one would always be recorded, the last one never.
    for (const chosen of [`${'0'.repeat(31)}1`, 'f'.repeat(32)]) {
      it(`by ${sampler} is not decided by the id ${chosen.slice(-4)} that a stranger has chosen`, async () => {
        const { exporter, send } = traced(sampler, 0.5);
        const headers = { traceparent: `00-${chosen}-${parent}-01` };
        let recorded = 0;
        for (let n = 0; n < 400; n += 1) {
          recorded += (await send(headers)).length / 2;
          for (const span of exporter.getFinishedSpans()) expect(span.spanContext().traceId).to.equal(chosen);
        }
        expect(recorded).to.be.within(140, 260);
      });
    }
  }

  it('keeps the tracestate of trusted callers only', async () => {
    const { exporter, send } = traced('always_on');
    const state = async (isTrusted: boolean) => {
      await send({ ...sampled, tracestate: 'vendor=text-of-the-caller' }, isTrusted);
      return exporter.getFinishedSpans().map((span) => span.spanContext().traceState?.serialize());
    };
    expect(await state(false)).to.deep.equal([undefined, undefined]);
    expect(await state(true)).to.deep.equal(Array(2).fill('vendor=text-of-the-caller'));
  });

  it('begins a trace of its own where the header is malformed', async () => {
    const { exporter, send } = traced('always_on');
    for (const traceparent of [
      '',
      'nonsense',
      `00-${'0'.repeat(32)}-${parent}-01`,
      `ff-${id}-${parent}-01`,
    ]) {
      expect(await send({ traceparent })).to.deep.equal(all);
      const [hash, request] = exporter.getFinishedSpans();
      expect(request?.parentSpanContext).to.equal(undefined);
      expect(hash?.spanContext().traceId).to.equal(request?.spanContext().traceId);
    }
  });
});
