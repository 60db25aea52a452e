import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { usernameFault } from '../app/features/users/username.ts';
import { anchorsOf, linkFaults, markdownFiles, pathFaults, scriptFaults } from './support/markdown.ts';

describe('The documents', () => {
  const files = markdownFiles();
  const faultsOf = (find: typeof linkFaults, among = files): string[] =>
    among.flatMap((file) => find(file, readFileSync(file, 'utf8')));

  it('are found', () => {
    expect(files).to.include.members(['README.md', 'docs/security.md', 'charts-ts/README.md']);
  });

  it('have no relative link that leads nowhere', () => {
    expect(faultsOf(linkFaults)).to.deep.equal([]);
  });

  it('name no file of this repository that does not exist', () => {
    // The changelog also names files that are gone.
    const current = files.filter((file) => file !== 'CHANGELOG.md');
    expect(faultsOf(pathFaults, current)).to.deep.equal([]);
  });

  it('name no npm script that package.json does not have', () => {
    expect(faultsOf(scriptFaults)).to.deep.equal([]);
    expect(scriptFaults('a.md', '`npm run fly -- --high`')).to.deep.equal([
      'a.md: npm run fly does not exist',
    ]);
  });
});

describe('The commands in the documents', () => {
  it('create administrators with usernames that the service accepts', () => {
    const current = markdownFiles().filter((file) => file !== 'CHANGELOG.md');
    const names = current.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/--username ([^\s`"$]+)/g)].map(([, name = '']) => name),
    );
    expect(names.filter((name) => !name.startsWith('<'))).to.not.deep.equal([]);
    expect(names.filter((name) => !name.startsWith('<')).map(usernameFault)).to.satisfy(
      (faults: readonly unknown[]) => faults.every((fault) => fault === null),
    );
  });
});

describe('The check of the documents', () => {
  it('finds a link to a missing file and to a missing heading', () => {
    const text = '[a](none.md) [b](README.md) [c](README.md#no-such-heading) [d](#here)\n\n## Here';
    expect(linkFaults('README.md', text)).to.deep.equal([
      'README.md: none.md does not exist',
      'README.md: README.md#no-such-heading has no such heading',
      'README.md: #here has no such heading',
    ]);
    expect(linkFaults('docs/asvs.md', '[a](../README.md) [b](https://example.com/none)')).to.deep.equal([]);
  });

  it('finds a path that does not exist, and leaves patterns and blocks of code alone', () => {
    const text = '`app/none.ts` `app/main.ts` `app/*.none` `npm test`\n\n```\n`app/gone.ts`\n```\n';
    expect(pathFaults('README.md', text)).to.deep.equal(['README.md: app/none.ts does not exist']);
  });

  it('makes anchors as GitHub does', () => {
    expect(anchorsOf('# `GET /users/me`, step by step\n')).to.deep.equal(['get-usersme-step-by-step']);
  });
});
