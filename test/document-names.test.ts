import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createNameCheck, recordedSeries } from './support/document-names.ts';
import { markdownFiles } from './support/markdown.ts';

describe('The names in the documents', () => {
  // The changelog and the decisions also name what is gone.
  const files = markdownFiles().filter((file) => !/^CHANGELOG|^docs\/decisions\//.test(file));
  let faultsOf: Awaited<ReturnType<typeof createNameCheck>>;
  before(async () => {
    faultsOf = await createNameCheck();
  });

  it('of metrics, recorded series and values exist', () => {
    expect(files.flatMap((file) => faultsOf(file, readFileSync(file, 'utf8')))).to.deep.equal([]);
  });

  const planted: readonly [span: string, fault: string][] = [
    ['auth_login_total', 'there is no such metric'],
    ['auth_degrade{dependency="redis"}', 'there is no such metric'],
    ['auth:request_error_ratio:rate31d', 'no rule records this series'],
    ['monitoring.rule.runbooks', 'there is no such value'],
    ['--set autoscaling.hashWaits.enabled=true', 'there is no such value'],
  ];
  for (const [span, fault] of planted)
    it(`would not exist with a mistake: ${span}`, () => {
      expect(faultsOf('page.md', `Look at \`${span}\`.`)).to.deep.equal([`page.md: ${span}: ${fault}`]);
    });

  it('are found in the schema also behind references, lists and free keys', () => {
    const text =
      '`monitoring.matchers` `eks.loadBalancerCidrs[0]` `extraConfig.OTEL_EXPORTER_OTLP_ENDPOINT` `k8s-out/eks` `auth_logins_total`';
    expect(faultsOf('page.md', text)).to.deep.equal([]);
  });

  it('include each series that the rules record: docs/metrics.md lists them', () => {
    const text = readFileSync('docs/metrics.md', 'utf8');
    const listed = [...text.matchAll(/`(auth:[^`]+)`/g)].map(
      ([, name = '']) => new RegExp(`^${name.replaceAll(/<[a-z]+>/g, '.+')}$`),
    );
    const missing = recordedSeries().filter((name) => !listed.some((pattern) => pattern.test(name)));
    expect([...new Set(missing)]).to.deep.equal([]);
  });
});
