import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { type CertificateAuthority, startCertificateAuthority } from './support/acme.ts';
import { certbotTests } from './support/certbot-tests.ts';
import { type Machine, openMachine } from './support/machine.ts';
import { operationTests } from './support/operation-tests.ts';
import { openPage } from './support/page-reader.ts';
import { proxyTests } from './support/proxy-tests.ts';
import { loadBackupImage, loadStandIns, saveServiceImage } from './support/server-images.ts';
import {
  compose,
  createServerUnderTest,
  host,
  type ServerUnderTest,
  say,
} from './support/server-under-test.ts';
import { need } from './support/tools.ts';

const packages = {
  podman: 'podman',
  buildah: 'buildah',
  pebble: 'pebble',
  'pebble-challtestsrv': 'pebble',
  age: 'age',
};

// Each test continues where the one before has ended, as a reader of the page does.
describe('single server: the commands of the page, on a new Debian with systemd and Docker', function () {
  this.timeout(600_000);
  // Not bail(), which would also end this suite because of a failure in another file.
  let hasFailed = false;
  afterEach(function () {
    hasFailed ||= this.currentTest?.state === 'failed';
  });
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  const page = openPage('docs/deploy/single-server.md');
  let machine: Machine;
  let certificates: Certificates;
  let authority: CertificateAuthority;
  let server: ServerUnderTest;
  let folder: string;
  const closers: (() => unknown)[] = [];

  before(async function () {
    for (const [program, name] of Object.entries(packages)) need(this, program, `the Debian package ${name}`);
    folder = mkdtempSync(join(tmpdir(), 'single-server-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    certificates = createCertificates();
    closers.push(() => certificates.remove());
    machine = await openMachine(this);
    closers.push(() => machine.close());
    server = createServerUnderTest(machine, () => authority);
    say('Debian 13 runs its own systemd. Docker Hub and Let’s Encrypt have stand-ins; nothing else has.');
  });

  after(async () => {
    for (const close of closers.reverse()) await close();
  });

  it('prepares the files and the image', async () => {
    // The commands of aws are judged by its parser: single-server-command-lines.deploy.ts.
    page.commands('Before you begin');
    const [synth = '', image] = page.commands('Prepare the files, on your machine');
    // A script of npm runs in the folder of the package, which must not get the files of a reader.
    const elsewhere = synth.replaceAll(/server\.yaml|backup-key\.txt|auth-system$/gm, (name) =>
      join(folder, name),
    );
    execFileSync('bash', ['-euc', elsewhere], { stdio: 'pipe' });
    // In place of `docker build` and `docker save`, because this machine reaches no registry of images.
    expect(image).to.contain('docker build --tag auth-service:1.0.0 .\n');
    expect(image).to.contain(
      '--tag auth-service-backup:1.0.0 .\ndocker save auth-service:1.0.0 auth-service-backup:1.0.0 |',
    );
    saveServiceImage('auth-service:1.0.0', join(folder, 'auth-service-1.0.0.tar.gz'));
    for (const name of ['auth-system', 'auth-service-1.0.0.tar.gz'])
      cpSync(join(folder, name), join(machine.root, 'root', name), { recursive: true });
    // The machine has a /tmp of its own.
    await machine.run('mv /root/auth-system /root/auth-service-1.0.0.tar.gz /tmp');
  });

  it('sets up the server', async () => {
    const [install = '', ...others] = page.commands('Set up the server');
    await machine.run(install);
    const versions = await machine.run(
      'docker --version; docker compose version; certbot --version; systemctl --version | head -1',
    );
    for (const line of versions.trim().split('\n')) say(line);
    await loadStandIns(machine);
    authority = await startCertificateAuthority(machine, certificates, host);
    closers.push(() => authority.close());
    for (const text of [
      ...others,
      ...page.commands('Secrets'),
      ...page.commands('A certificate for the first start'),
    ])
      await machine.run(text);
    await loadBackupImage(machine);
  });

  it('starts everything, and gets a certificate', async () => {
    const [start = '', issue = ''] = page.commands('First deploy');
    await machine.run(start);
    expect(
      (await machine.run(`${compose} ps --format '{{.Service}} {{.Health}}'`)).split('\n').sort(),
    ).to.deep.equal([
      ...['', 'auth-db healthy', 'auth-redis healthy'],
      ...['auth-service healthy', 'auth-service-2 healthy', 'nginx healthy'],
    ]);
    await machine.run(issue);
    expect(await server.curlStatus(`https://${host}/api/v1/health`)).to.equal(0);
    expect(await machine.run('systemctl is-active auth-system.service auth-system-certbot.timer')).to.equal(
      'active\nactive\n',
    );
  });

  it('answers as the guide says, and renews the certificate without a lost request', async () => {
    const [health = '', flow = '', verify = '', renew = '', admin = ''] = page.commands('Verify');
    const answers = await machine.run(health);
    expect(answers).to.contain('{"status":"healthy","version":"1.0.0","environment":"production"}');
    expect(answers.match(/strict-transport-security/gi)).to.have.length(1);
    expect(answers)
      .to.match(/x-content-type-options: nosniff/i)
      .and.match(/x-frame-options: /i);
    expect(await machine.run(flow)).to.contain('"email":"test@example.com"');
    // The image does not know the authority of this test, as it knows Let’s Encrypt.
    const authorities = '--volume /etc/ssl/certs/ca-certificates.crt:/authorities.pem:ro';
    expect(verify).to.match(/^docker run --rm .* verify https:\S+\n?$/);
    const trusting = verify.trim().replace('--rm', `--rm ${authorities}`);
    const verified = await machine.run(`${trusting} --ca /authorities.pem`);
    say(verified.trim().split('\n').at(-1) ?? '');
    expect(verified).to.match(/^Result: passed /m);
    const before = await server.serial();
    await server.withoutLoss(() => machine.run(renew));
    expect(await server.serial()).to.not.equal(before);
    await machine.run(admin, 'violet-Harbour-19-lantern\n');
  });

  describe('nginx in front of the service', () => proxyTests(() => server));
  describe('certbot', () => certbotTests(() => server));
  describe('operation', () =>
    operationTests(
      () => server,
      page,
      () => folder,
    ));

  // A suite of its own, because the tests of a suite run before the suites in it.
  describe('the page', () => {
    it('has no command that was not run', () => {
      expect(page.unused()).to.deep.equal([]);
    });
  });
});
