import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openTracing } from '../../app/observe/open-tracing.ts';
import { noTracing } from '../../app/observe/tracing.ts';
import { serviceSources } from '../support/source-files.ts';

describe('tracing without an endpoint', () => {
  it('is off: there is no header, and OpenTelemetry is not loaded', async () => {
    expect(await openTracing({ endpoint: undefined, version: '1' })).to.equal(noTracing);
    const users = [...serviceSources()].filter(([, { imports }]) =>
      imports.some((target) => target.startsWith('@opentelemetry/') || /\/(otlp|sampler)\.ts$/.test(target)),
    );
    expect(users.map(([file]) => file)).to.have.members([
      'app/observe/otlp.ts',
      'app/observe/sampler.ts',
      'app/observe/open-tracing.ts',
    ]);
    const text = readFileSync('app/observe/open-tracing.ts', 'utf8');
    // Types are not loaded.
    expect(text.match(/^import (?!type ).*otlp\.ts|import\('.*otlp\.ts/gm)).to.have.length(1);
    expect(text).to.contain("await import('./otlp.ts')").and.not.to.contain('@opentelemetry');
  });
});
