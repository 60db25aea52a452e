import type { Deployment } from './deployment.ts';
import { images } from './images.ts';
import { applySteps, requirePrevious, undoSteps } from './kubernetes.ts';
import { folders, type Step, step } from './step.ts';

const { previous, release } = folders;

const connect = step(
  'Connect to the cluster',
  'cloud',
  'aws eks update-kubeconfig --name "$EKS_CLUSTER" --region "$AWS_REGION"',
);

const stack =
  'aws cloudformation deploy --stack-name "$ECS_STACK" --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM';

const ecsDeploy: readonly Step[] = [
  step(
    'Record the template before',
    'cloud',
    `mkdir -p ${previous}`,
    `aws cloudformation get-template --stack-name "$ECS_STACK" --query TemplateBody > ${previous}/template.json || true`,
  ),
  // Every task migrates before it serves. CloudFormation returns to the template before if the tasks do not become healthy.
  step('Deploy', 'cloud', `${stack} --template-file ${release}/manifests/auth-service.template.json`),
];

const ecsRollback: readonly Step[] = [
  step(
    'Roll back',
    'cloud',
    requirePrevious(`${previous}/template.json`),
    `${stack} --template-file ${previous}/template.json`,
  ),
];

/** Runs commands on the server. `%s` is the next of the texts, which contain no quotes. */
const onServer = (commands: readonly string[], texts: string): readonly string[] => [
  `printf '{"commands":[${commands.map((command) => `"${command}"`).join(',')}]}' ${texts} > commands.json`,
  `bash ${release}/run-on-instance.sh "$EC2_INSTANCE" commands.json`,
];

/** Migrates, and replaces one replica after the other. */
const reload = 'systemctl reload auth-system';

/** Changes the line of the image in .env. Other files of the server change by hand, as its page says. */
const serverDeploy: readonly Step[] = [
  step(
    'Deploy',
    'cloud',
    `image=$(sed -n 's/.*AUTH_SERVICE_IMAGE:-\\(.*\\)}$/\\1/p' ${release}/manifests/docker-compose.prod.yml | head -n 1)`,
    'test -n "$image"',
    ...onServer(
      [
        'set -eu',
        'cd /opt/auth-system',
        'touch .env',
        'rm -f .env.before-*',
        'cp -p .env .env.before-%s',
        'sed -i /^AUTH_SERVICE_IMAGE=/d .env',
        'echo AUTH_SERVICE_IMAGE=%s >> .env',
        reload,
      ],
      '"$REVISION" "$image"',
    ),
  ),
];

const serverRollback: readonly Step[] = [
  step(
    'Roll back',
    'cloud',
    ...onServer(['set -eu', 'cd /opt/auth-system', 'cp -p .env.before-%s .env', reload], '"$REVISION"'),
  ),
];

export const aws: readonly Deployment[] = [
  {
    target: 'eks',
    login: 'aws',
    image: images.awsKubernetes,
    variables: ['AWS_REGION', 'AWS_ROLE_ARN', 'EKS_CLUSTER', 'SERVICE_URL'],
    buildsFromGit: false,
    deploy: [connect, ...applySteps],
    rollback: [connect, ...undoSteps],
  },
  {
    target: 'ecs',
    login: 'aws',
    image: images.aws,
    variables: ['AWS_REGION', 'AWS_ROLE_ARN', 'ECS_STACK', 'SERVICE_URL'],
    buildsFromGit: false,
    deploy: ecsDeploy,
    rollback: ecsRollback,
  },
  {
    target: 'single-server',
    login: 'aws',
    image: images.aws,
    variables: ['AWS_REGION', 'AWS_ROLE_ARN', 'EC2_INSTANCE', 'SERVICE_URL'],
    buildsFromGit: false,
    deploy: serverDeploy,
    rollback: serverRollback,
  },
];
