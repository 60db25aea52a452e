import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { accessRule, requiredCommands } from '../../../app/store/redis/required-commands.ts';

/** Every `redis.call('name'` of the scripts in the source. */
function commandsInScripts(): string[] {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = files.map((file) => readFileSync(join('app', file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/redis\.call\('(\w+)'/g)].map(([, name]) => name ?? ''));
}

describe('The commands that the service needs', () => {
  it('contain every command in its scripts', () => {
    const inScripts = [...new Set(commandsInScripts())];
    expect(inScripts).to.include('hincrby');
    expect(inScripts.filter((name) => !requiredCommands.has(name))).to.deep.equal([]);
  });

  it('are those of the rule in docs/redis.md', () => {
    const [, rule = ''] =
      /ACL SETUSER auth on >PASSWORD([^`]*)```/.exec(readFileSync('docs/redis.md', 'utf8')) ?? [];
    expect(rule.trim().replace(/\s+/g, ' ')).to.equal(accessRule('auth:'));
  });
});
