import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  checkSteps,
  imageSteps,
  manifestSteps,
  sbomSteps,
  scanSteps,
  tagSteps,
} from '../../charts-ts/targets/pipeline/build.ts';
import { deployments } from '../../charts-ts/targets/pipeline/deployments.ts';
import type { Step } from '../../charts-ts/targets/pipeline/step.ts';
import { targetNames } from '../../charts-ts/targets/targets.ts';
import { clouds } from '../../charts-ts/values/schema-clouds.ts';
import { ownValues } from '../charts/support/own-values.ts';
import { createCheckout, type Ended, find, runStep, textsBelow } from './support/pipeline-steps.ts';

const digest = `sha256:${'5'.repeat(64)}`;
const revision = '0123456789abcdef0123456789abcdef01234567';

describe('The steps of the pipelines', function () {
  this.timeout(300_000);
  let checkout: ReturnType<typeof createCheckout>;
  before(() => {
    checkout = createCheckout();
  });
  after(() => checkout.remove());

  it('write the SBOM of what the image contains', async () => {
    const { output, status } = await runStep(find(sbomSteps, 'Write the SBOM'), checkout.folder);
    expect(status, output).to.equal(0);
    const sbom = JSON.parse(readFileSync(join(checkout.folder, 'sbom.cdx.json'), 'utf8'));
    expect(sbom.bomFormat).to.equal('CycloneDX');
    const names = sbom.components.map(({ name }: { name: string }) => name);
    expect(names).to.include.members(['koa', 'ioredis', 'postgres']);
    expect(names).to.not.include('mocha');
  });

  // A target of another part may not be there yet.
  for (const { target } of deployments.filter(
    ({ buildsFromGit, target }) => !buildsFromGit && [...clouds, ...targetNames].includes(target),
  ))
    it(`draw the manifests of ${target} with the digest, and refuse a digest that is none`, async () => {
      mkdirSync(join(checkout.folder, 'deploy'), { recursive: true });
      const own = Object.entries(ownValues).find(([name]) => name === target)?.[1];
      writeFileSync(join(checkout.folder, `deploy/${target}.yaml`), `${own}logLevel: warn\n`);
      const draw = find(manifestSteps(target), 'Draw the manifests');
      const variables = { DIGEST: digest, REVISION: revision };
      const { output, status } = await runStep(draw, checkout.folder, variables);
      expect(status, output).to.equal(0);
      expect(textsBelow(join(checkout.folder, 'release/manifests'))).to.contain(`:${revision}@${digest}`);
      const refused = await runStep(draw, checkout.folder, { ...variables, DIGEST: 'latest' });
      expect(refused.status).to.equal(1);
      expect(refused.output).to.contain('image.digest: must be sha256: and 64 lower case hex digits');
    });

  it('refuse to roll back where no version is recorded', async () => {
    // One server has the record itself.
    for (const { rollback, target } of deployments.filter(({ target }) => target !== 'single-server')) {
      const empty = mkdtempSync(join(tmpdir(), 'rollback-'));
      // Without a command line of a cloud: the step of EKS must stop before it.
      const { output, status } = await runStep(find(rollback, 'Roll back'), empty);
      expect(status, target).to.equal(1);
      expect(output, target).to.equal('there is no version before\n');
      rmSync(empty, { recursive: true });
    }
  });

  it('read the digest from what buildx reports', async () => {
    const step = find(imageSteps, 'Build and push by digest');
    const report = { 'buildx.build.ref': 'pipeline/pipeline0/x', 'containerimage.digest': digest };
    writeFileSync(join(checkout.folder, 'metadata.json'), JSON.stringify(report, null, 2));
    const isBuild = (line: string): boolean => /^ *(docker|--)/.test(line);
    const run = step.run.filter((line) => !isBuild(line));
    expect(run).to.have.length(step.run.length - 2);
    const { output, status } = await runStep({ run }, checkout.folder, {
      IMAGE: 'ghcr.io/Your-Org/auth-service',
    });
    expect(status, output).to.equal(0);
    expect(readFileSync(join(checkout.folder, 'image.env'), 'utf8')).to.equal(
      `IMAGE=ghcr.io/your-org/auth-service\nDIGEST=${digest}\n`,
    );
  });

  describe('for one server', () => {
    const server = deployments.find(({ target }) => target === 'single-server');
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'server-'));
      mkdirSync(join(folder, 'release/manifests'), { recursive: true });
      cpSync('docker-compose.prod.yml', join(folder, 'release/manifests/docker-compose.prod.yml'));
    });
    after(() => rmSync(folder, { recursive: true }));

    /** What the instance would run, in a folder of the test, without the reload. */
    async function runOnServer(steps: readonly Step[]): Promise<Ended> {
      const run = (steps.at(-1)?.run ?? []).filter(
        (line) => !line.startsWith('bash release/run-on-instance.sh'),
      );
      await runStep({ run }, folder, { REVISION: revision });
      const { commands } = JSON.parse(readFileSync(join(folder, 'commands.json'), 'utf8'));
      expect(commands.at(-1)).to.equal('systemctl reload auth-system');
      const here = commands.slice(0, -1).map((line: string) => line.replace('/opt/auth-system', folder));
      return runStep({ run: here }, folder);
    }
    const env = (): string => readFileSync(join(folder, '.env'), 'utf8');

    it('replace the line of the image, keep the other lines and the mode, and take the change back', async () => {
      const before = 'AUTH_SERVICE_IMAGE=auth-service:0.9.0\nACCESS_TOKEN_TTL=10m\n';
      writeFileSync(join(folder, '.env'), before, { mode: 0o600 });
      expect((await runOnServer(server?.deploy ?? [])).status).to.equal(0);
      expect(env()).to.equal('ACCESS_TOKEN_TTL=10m\nAUTH_SERVICE_IMAGE=auth-service:1.0.0\n');
      expect(statSync(join(folder, '.env')).mode & 0o777).to.equal(0o600);
      expect((await runOnServer(server?.rollback ?? [])).status).to.equal(0);
      expect(env()).to.equal(before);
    });
  });

  it('are named where they need more than a shell, and did not run here', () => {
    const all = [...checkSteps, ...sbomSteps, ...imageSteps, ...scanSteps, ...tagSteps];
    const others = deployments.flatMap(({ deploy, rollback, target }) =>
      [...deploy, ...rollback].map((step) => ({ ...step, name: `${target}: ${step.name}` })),
    );
    const skipped = [...all, ...others].filter(({ needs }) => needs !== 'nothing' && needs !== 'service');
    process.stdout.write(`not run: ${skipped.map(({ name, needs }) => `${name} (${needs})`).join(', ')}\n`);
    expect(skipped.map(({ name }) => name)).to.include.members(['ecs: Deploy', 'Tag the digest']);
  });
});
