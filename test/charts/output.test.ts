import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { asExample } from '../../charts-ts/output/example.ts';
import { OutputFolderError, replaceFolders } from '../../charts-ts/output/output-folder.ts';
import { plainContent } from '../../charts-ts/output/plain.ts';
import { schemaText } from '../../charts-ts/output/schema-file.ts';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { synthesize } from '../../charts-ts/synthesize.ts';
import { pemPair } from '../support/keys.ts';
import { valuesOf } from './support/synthesized.ts';

describe('charts: output', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const cloud of ['eks', 'gke', 'aks'] as const) {
    it(`committed for ${cloud} is what the values give, byte by byte`, () => {
      const committed = readdirSync(`k8s-out/${cloud}`).filter((name) => name !== '.synthesized');
      const content = asExample(cloud, plainContent(synthesize(valuesOf(cloud))));
      expect(committed.sort()).to.eql([...content.keys()].sort());
      for (const [name, text] of content)
        expect(readFileSync(`k8s-out/${cloud}/${name}`, 'utf8')).to.equal(text);
    });
  }

  it('has the values schema as committed', () => {
    expect(readFileSync('charts-ts/values.schema.json', 'utf8')).to.equal(schemaText());
  });

  it('has a values schema that takes the values and refuses unknown keys', () => {
    const schema = JSON.parse(schemaText());
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    for (const cloud of ['eks', 'gke', 'aks'] as const) {
      expect(validate(valuesOf(cloud))).to.equal(true, JSON.stringify(validate.errors));
      expect(validate({ ...valuesOf(cloud), nonsense: 1 })).to.equal(false);
    }
  });

  it('replaces an earlier output whole', async () => {
    const out = join(folder, 'out');
    await runSynth(['--cloud', 'eks', '--out', out]);
    writeFileSync(join(out, '99-stale.yaml'), 'stale');
    await runSynth(['--cloud', 'eks', '--set', 'image.tag=1.2.3', '--out', out]);
    expect(readdirSync(out)).not.to.contain('99-stale.yaml');
    expect(readFileSync(join(out, '31-deployment.yaml'), 'utf8')).to.contain('auth-service:1.2.3');
    expect(readdirSync(folder)).to.eql(['out']);
  });

  it('is left alone when one of several folders cannot be replaced', () => {
    mkdirSync(join(folder, 'foreign'));
    writeFileSync(join(folder, 'foreign', 'mine.txt'), 'precious');
    const content = new Map([['a.yaml', 'a']]);
    const folders = new Map([
      [join(folder, 'ours'), content],
      [join(folder, 'foreign'), content],
    ]);
    expect(() => replaceFolders(folders)).to.throw('must be empty or an earlier output');
    expect(readdirSync(folder)).to.eql(['foreign']);
  });

  it('is not written to a file, nor below one', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    for (const [out, fault] of [
      [file, 'is not a folder'],
      [join(file, 'below'), 'file already exists'],
    ] as const)
      expect(() => replaceFolders(new Map([[out, new Map([['a.yaml', 'a']])]])))
        .to.throw(OutputFolderError, fault)
        .with.property('message')
        .that.satisfies((text: string) => text.startsWith(`--out ${out}: `));
    expect(readFileSync(file, 'utf8')).to.equal('precious');
  });

  it('writes a checked Secret beside the environment file, for its owner only', async () => {
    const { privatePem, publicPem } = pemPair('a');
    writeFileSync(join(folder, 'private.pem'), privatePem);
    writeFileSync(join(folder, 'public.pem'), publicPem);
    const env = join(folder, '.env.production');
    writeFileSync(
      env,
      'DB_PRIMARY_DB_URL=postgresql://auth:f8Hq2LzvPw91Tn@db.internal:5432/auth\n' +
        'DB_MIGRATION_URL=postgresql://owner:Tn91wPvzL2qH8f@db.internal:5432/auth\n' +
        'REDIS_URL=rediss://:0aF7kq2LzvPw91Tn@redis.internal:6379\n' +
        'JWT_PRIVATE_KEY_PATH=private.pem\nJWT_PUBLIC_KEY_PATH=public.pem\n',
    );
    const out = join(folder, 'out');
    await runSynth(['--cloud', 'eks', '--set', 'secrets.source=inline', '--secrets-from', env, '--out', out]);
    expect(statSync(`${env}.secret.yaml`).mode & 0o777).to.equal(0o600);
    const [secret, owner] = parseAllDocuments(readFileSync(`${env}.secret.yaml`, 'utf8')).map((one) =>
      one.toJS(),
    );
    expect(secret.metadata).to.include({ name: 'auth-secrets', namespace: 'auth-system' });
    expect(Object.keys(secret.data).sort()).to.eql([
      'db-url',
      'jwt-private-key',
      'jwt-public-key',
      'redis-url',
    ]);
    expect(owner.metadata).to.include({ name: 'auth-owner-secrets', namespace: 'auth-system' });
    expect(Object.keys(owner.data)).to.eql(['db-owner-url']);
    expect(Buffer.from(secret.data['jwt-private-key'], 'base64').toString()).to.equal(privatePem.trim());
    for (const name of readdirSync(out))
      expect(readFileSync(join(out, name), 'utf8')).not.to.match(/f8Hq2Lzv|Tn91wPvz/);
  });
});
