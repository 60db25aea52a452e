import type { Deployment } from './deployment.ts';
import { images } from './images.ts';
import { requirePrevious } from './kubernetes.ts';
import { folders, type Step, step } from './step.ts';

const releases = 'https://api.heroku.com/apps/$HEROKU_APP/releases';
const before = `${folders.previous}/release`;

/** Asks the API of Heroku. The token is read from a pipe, because the arguments of a process are no secret. */
const api = (...args: readonly string[]): string =>
  `printf 'Authorization: Bearer %s\\n' "$HEROKU_API_KEY" | curl --fail --silent --show-error --header @- --header 'Accept: application/vnd.heroku+json; version=3' ${args.join(' ')}`;

const newest = (field: string): string =>
  `node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8"))[0]?.${field} ?? ""'`;

const list = api("--header 'Range: version ..; order=desc, max=1'", `"${releases}"`);

const deploy: readonly Step[] = [
  step(
    'Record the release before',
    'cloud',
    `mkdir -p ${folders.previous}`,
    `${list} | ${newest('id')} > ${before}`,
  ),
  step(
    'Deploy',
    'cloud',
    // Heroku builds the commit, migrates in the release phase, and starts new dynos only then.
    'git -c credential.helper="$PWD/tools/deploy/git-credentials.sh" push --force \\',
    '  "https://git.heroku.com/$HEROKU_APP.git" "$REVISION:refs/heads/main"',
    `test "$(${list} | ${newest('status')})" = succeeded`,
  ),
];

const rollback: readonly Step[] = [
  step(
    'Roll back',
    'cloud',
    requirePrevious(before),
    api(
      '--request POST',
      "--header 'Content-Type: application/json'",
      `--data "{\\"release\\":\\"$(cat ${before})\\"}"`,
      `"${releases}"`,
    ),
  ),
];

export const heroku: readonly Deployment[] = [
  {
    target: 'heroku',
    login: 'token',
    image: images.node,
    variables: ['HEROKU_APP', 'SERVICE_URL'],
    buildsFromGit: true,
    deploy,
    rollback,
  },
];
