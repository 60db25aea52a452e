import { type Broken, broken } from './ecs-broken.ts';

const service = 'ServiceTaskTask: container auth-service';
const healthCheck =
  '"Command":["CMD","auth-service","health"],"Interval":30,"Retries":3,"StartPeriod":60,"Timeout":5';

/** What the rules about containers refuse. */
export const containers: readonly Broken[] = [
  {
    ...broken(
      'an image that can be moved',
      'auth-service:1.0.0',
      'auth-service:latest',
      ...['service-role', 'migrate', 'auth-service', 'port-keeper'].map(
        (name) =>
          `ServiceTaskTask: container ${name}: the image 123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/auth-service:latest must have the tag of a release or a digest, because ECS pulls it with each start [image]`,
      ),
      'PurgeTask: container purge: the image 123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/auth-service:latest must have the tag of a release or a digest, because ECS pulls it with each start [image]',
    ),
    all: 5,
  },
  broken(
    'root',
    '"StopTimeout": 65,\n    "User": "10001:10001"',
    '"StopTimeout": 65',
    `${service}: must not run as root: set User to 10001:10001 [privileges]`,
  ),
  broken(
    'a root file system that can be written',
    '"Name": "purge",\n    "ReadonlyRootFilesystem": true',
    '"Name": "purge",\n    "ReadonlyRootFilesystem": false',
    'PurgeTask: container purge: must have a read-only root file system [privileges]',
  ),
  broken(
    'a secret in clear',
    '{"Name":"JWT_ISSUER","Value":"auth-service"}',
    '{"Name":"JWT_ISSUER","Value":"auth-service"},{"Name":"JWT_SECRET_KEY","Value":"x"}',
    `${service}: JWT_SECRET_KEY is a secret and must come from Secrets Manager, because everybody who may read the task definition sees the text [secrets]`,
  ),
  broken(
    'the health check of the guide',
    healthCheck,
    healthCheck.replace(
      '"CMD","auth-service","health"',
      '"CMD-SHELL","curl -f http://localhost:8000/api/v1/health || exit 1"',
    ),
    `${service}: the health check must be CMD auth-service health, and not CMD-SHELL curl -f http://localhost:8000/api/v1/health || exit 1: the image has neither curl nor wget [container-health]`,
  ),
  broken(
    'a health check every ten minutes',
    healthCheck,
    healthCheck.replace('"Interval":30', '"Interval":600'),
    `${service}: the health check's interval must be from 5 to 300 s, and is 600 [container-health]`,
  ),
  broken(
    'a health check that waits longer than its interval',
    healthCheck,
    healthCheck.replace('"Timeout":5', '"Timeout":45'),
    `${service}: the health check's timeout must be below its interval, 30 s [container-health]`,
  ),
  broken(
    'no health check',
    `"HealthCheck": {${healthCheck}},`,
    '',
    `${service}: needs a health check, because ECS replaces a task that hangs by nothing else [container-health]`,
  ),
  broken(
    'a time to stop that Fargate does not have',
    '"StopTimeout": 65',
    '"StopTimeout": 180',
    `${service}: StopTimeout is 180 s, and Fargate allows at most 120 [stop-timeout]`,
  ),
  broken(
    'the default time to stop',
    '"StopTimeout": 65,',
    '',
    `${service}: StopTimeout is 30 s, and DRAIN_DELAY, SHUTDOWN_TIMEOUT and 5 s to close connections need 65: Fargate would kill requests in flight [stop-timeout]`,
  ),
  broken(
    'a container that waits for nobody',
    '"DependsOn": [{"Condition":"SUCCESS","ContainerName":"service-role"}]',
    '"DependsOn": [{"Condition":"SUCCESS","ContainerName":"roles"}]',
    'ServiceTaskTask: container migrate: depends on the container roles, which the task does not have [depends-on]',
  ),
  broken(
    'a container that waits for the end of the task',
    '"Essential": false,\n    "Image": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/auth-service:1.0.0",\n    "LogConfiguration": {"LogDriver":"awslogs","Options":{"awslogs-group":{"Ref":"Log"},"awslogs-stream-prefix":"ecs","awslogs-region":{"Ref":"AWS::Region"}}},\n    "Memory": 256',
    '"Essential": true,\n    "Image": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/auth-service:1.0.0",\n    "LogConfiguration": {"LogDriver":"awslogs","Options":{"awslogs-group":{"Ref":"Log"},"awslogs-stream-prefix":"ecs","awslogs-region":{"Ref":"AWS::Region"}}},\n    "Memory": 256',
    `${service}: waits for the end of the essential container migrate, which would end the task [depends-on]`,
  ),
  broken(
    'a service that does not wait for the migration',
    '"DependsOn": [{"Condition":"SUCCESS","ContainerName":"migrate"}]',
    '"DependsOn": [{"Condition":"START","ContainerName":"migrate"}]',
    `${service}: must wait for the SUCCESS of the container migrate, because the service does not start on an older schema [migration]`,
  ),
  broken(
    'a start that takes ten minutes',
    '"Name":"DB_MIGRATION_URL","ValueFrom":{"Ref":"Secretdbownerurl"}}],\n    "StartTimeout": 120,\n    "User": "10001:10001"\n   },\n   {\n    "Command": ["serve"',
    '"Name":"DB_MIGRATION_URL","ValueFrom":{"Ref":"Secretdbownerurl"}}],\n    "StartTimeout": 600,\n    "User": "10001:10001"\n   },\n   {\n    "Command": ["serve"',
    'ServiceTaskTask: container migrate: StartTimeout is 600 s, and Fargate allows 2 to 120 [start-timeout]',
  ),
  {
    ...broken(
      'no log',
      '"LogDriver":"awslogs"',
      '"LogDriver":"json-file"',
      ...['service-role', 'migrate', 'auth-service', 'port-keeper'].map(
        (name) =>
          `ServiceTaskTask: container ${name}: must write its log to CloudWatch: a log of Fargate is lost with the task [log]`,
      ),
      'PurgeTask: container purge: must write its log to CloudWatch: a log of Fargate is lost with the task [log]',
    ),
    all: 5,
  },
];
