import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import type { ComposeDocument } from '../../../charts-ts/targets/compose/document.ts';
import { defaultText } from '../../../charts-ts/targets/compose/environment.ts';
import { images } from '../../../charts-ts/targets/compose/images.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { blocksOf } from '../../deployments/support/page.ts';
import { brokenCompose } from './support/compose-broken.ts';
import { draw, replaced } from './support/drawn.ts';

const file = 'docker-compose.yml';

describe('charts: Docker Compose', () => {
  let target: Target;
  let files: FolderContent;
  let document: ComposeDocument;
  before(async () => {
    ({ target, files } = await draw('compose'));
    document = parse(files.get(file) ?? '');
  });

  const findingsOf = async (content: FolderContent) => [...(await target.findings(content))];
  const faultOf = (...sets: string[]) =>
    draw('compose', ...sets).then(
      () => '',
      (error: Error) => error.message,
    );

  it('passes its checks', async () => {
    expect(await findingsOf(files)).to.deep.equal([]);
    expect([...files.keys()]).to.deep.equal([file, 'kong.yml', 'prometheus.yml']);
  });

  it('has the services, ports and credentials of the guide, on 127.0.0.1', () => {
    const ports = Object.entries(document.services).map(([name, service]) => [name, service.ports]);
    expect(Object.fromEntries(ports)).to.deep.equal({
      'auth-service': ['127.0.0.1:8000:8000'],
      'auth-db': ['127.0.0.1:5432:5432'],
      'auth-redis': ['127.0.0.1:6379:6379'],
      kong: ['127.0.0.1:8080:8080'],
      'auth-mail': ['127.0.0.1:8025:8025', '127.0.0.1:1025:1025'],
      'auth-admin': ['127.0.0.1:5173:5173'],
      prometheus: ['127.0.0.1:9090:9090'],
    });
    expect(document.services['auth-db']?.environment).to.deep.equal({
      POSTGRES_USER: 'devuser',
      POSTGRES_PASSWORD: 'devpassword',
      POSTGRES_DB: 'authdb',
    });
    expect(document.services['auth-db']?.image).to.match(/^postgres:16\./);
  });

  it('starts the console and Prometheus only in their profiles', () => {
    const profiles = Object.entries(document.services).flatMap(([name, service]) =>
      (service.profiles ?? []).map((profile) => `${name} ${profile}`),
    );
    expect(profiles).to.deep.equal(['auth-admin console', 'prometheus monitoring']);
  });

  it('needs no .env and no key', () => {
    const service = document.services['auth-service'];
    expect(service?.env_file).to.deep.equal([{ path: '.env', required: false }]);
    expect(Object.keys(service?.environment ?? {}).filter((name) => /KEY/.test(name))).to.deep.equal([]);
  });

  it('lets .env and the shell change everything but what makes the stack fit together', () => {
    const variables = Object.entries(document.services['auth-service']?.environment ?? {});
    const fixed = variables.filter(([name, text]) => !text.startsWith(`\${${name}:-`));
    expect(Object.fromEntries(fixed)).to.deep.equal({
      DATA_DIR: '/srv/auth/.data',
      ENV: 'development',
      PORT: '8000',
      METRICS_PORT: '9464',
      DB_PRIMARY_DB_URL: 'postgresql://devuser:devpassword@auth-db:5432/authdb?sslmode=disable',
      REDIS_URL: 'redis://auth-redis:6379',
      REDIS_TLS: 'off',
    });
    expect(defaultText(document.services['auth-service']?.environment?.LOG_LEVEL ?? '')).to.equal('debug');
  });

  it('gives the checks the environment that applies without .env', () => {
    const [container] = target.containers(files);
    expect(container?.env).to.include({
      ENV: 'development',
      LOG_LEVEL: 'debug',
      CORS_ALLOWED_ORIGINS: '["http://localhost:5173"]',
    });
    expect(container).to.include({ command: 'serve', cpus: 2, memoryBytes: 1024 ** 3 });
  });

  it('keeps a dollar sign of a value', async () => {
    const drawn = await draw('compose', 'jwt.issuer=a$b');
    const text = parse(drawn.files.get(file) ?? '').services['auth-service'].environment.JWT_ISSUER;
    expect(text).to.equal(`\${JWT_ISSUER:-a$$b}`);
    const [container] = target.containers(drawn.files);
    expect(container?.env.JWT_ISSUER).to.equal('a$b');
  });

  it('mounts the source where the image has it, and leaves node_modules alone', () => {
    const [, stage = ''] = /AS development\n([\s\S]*?)\n\n/.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(stage).to.contain('tsx watch').and.to.contain('USER 10001:10001');
    expect(document.services['auth-service']?.build).to.deep.equal({ context: '.', target: 'development' });
    const mounts = document.services['auth-service']?.volumes?.map(
      ({ source, target: at }) => `${source} ${at}`,
    );
    expect(mounts).to.deep.equal([
      './app /srv/auth/app',
      './migrations /srv/auth/migrations',
      'auth-data /srv/auth/.data',
    ]);
  });

  it('uses the version of Node.js of the Dockerfile for the console', () => {
    expect(readFileSync('Dockerfile', 'utf8')).to.contain(`ARG NODE_IMAGE=${images.node}\n`);
  });

  it('names only services of the file in the commands of its page', () => {
    const names = blocksOf('docs/deploy/compose.md').flatMap(({ text }) =>
      [...text.matchAll(/docker compose (?:restart|logs -f|exec|rm -s -f) (\S+)/g)].map(([, name]) => name),
    );
    expect(names).to.include.members(['auth-service', 'auth-db']);
    for (const name of names) expect(Object.keys(document.services)).to.include(name);
    const page = readFileSync('docs/deploy/compose.md', 'utf8');
    for (const [name, { ports = [] }] of Object.entries(document.services))
      for (const port of ports) expect(page, name).to.contain(port.split(':')[1]);
  });

  for (const [title, from, to, ...lines] of brokenCompose) {
    it(`refuses ${title}`, async () => {
      expect(await findingsOf(replaced(files, file, from, to))).to.deep.equal(
        lines.map((line) => `${file}: ${line}`),
      );
    });
  }

  it('refuses a broken kong.yml, and a folder without it', async () => {
    const broken = replaced(files, 'kong.yml', 'echo_downstream: true', 'echo_downstream: yes please');
    expect(await findingsOf(broken)).to.deep.equal([
      'kong.yml: plugins[2].config.echo_downstream: must be true or false [schema]',
    ]);
    const without = new Map([...files].filter(([name]) => name !== 'kong.yml'));
    expect(await findingsOf(without)).to.deep.equal([
      `${file}: service kong: mounts ./deploy-out/compose/kong.yml, which synth does not write [mount]`,
      'kong.yml: must be a YAML map [yaml]',
    ]);
  });

  for (const [sets, line] of [
    ['compose.ports.redis=5432', 'compose.ports.redis: 5432 is the port of compose.ports.postgres too'],
    ['compose.address=localhost', 'compose.address: must be an IP address'],
    ['compose.ports.api=80000', 'compose.ports.api: must be at most 65535'],
    ['compose.ports.ldap=389', 'compose.ports.ldap: is not a known key'],
    [
      'resources.limits.memory=1.5Gi',
      'resources.limits.memory: must be a memory quantity in Ki, Mi or Gi, such as 512Mi',
    ],
  ] as const)
    it(`refuses the value ${sets}`, async () => {
      expect(await faultOf(sets)).to.equal(line);
    });

  it('is a file of the root, which is committed as it is drawn', async () => {
    expect(target.rootFiles).to.deep.equal([file]);
    expect(readFileSync(file, 'utf8')).to.equal(files.get(file));
  });
});
