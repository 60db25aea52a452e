import { type Broken, broken } from './ecs-broken.ts';

/** What the rules about task definitions and services refuse. */
export const tasks: readonly Broken[] = [
  broken(
    'a size that Fargate does not have',
    '"Memory": "1024"',
    '"Memory": "768"',
    'ServiceTaskTask: Fargate gives a task with 512 CPU units 1024, 2048, 3072, 4096 MiB of memory, not 768 [task-size]',
  ),
  broken(
    'CPU units that Fargate does not have',
    '"Cpu": "256"',
    '"Cpu": "300"',
    'PurgeTask: Fargate has no task with 300 CPU units, only with 256, 512, 1024, 2048, 4096 [task-size]',
  ),
  broken(
    'a secret that the role may not read',
    '"Secrets": [{"Name":"DB_PRIMARY_DB_URL","ValueFrom":{"Ref":"Secretdburl"}}]',
    '"Secrets": [{"Name":"DB_PRIMARY_DB_URL","ValueFrom":{"Ref":"Secretdbownerurl"}}]',
    'PurgeTask: container purge: the execution role may not read the secret of DB_PRIMARY_DB_URL, so no task would start [secret-access]',
  ),
  broken(
    'a load balancer that sends to nobody',
    '{"ContainerName":"auth-service","ContainerPort":8000,',
    '{"ContainerName":"auth","ContainerPort":8000,',
    'ServiceServiceService: the load balancer sends to the container auth, which the task does not have [target-container]',
  ),
  broken(
    'a load balancer that sends to a closed port',
    '{"ContainerName":"auth-service","ContainerPort":8000,',
    '{"ContainerName":"auth-service","ContainerPort":8080,',
    'ServiceServiceService: the load balancer sends to port 8080, which the container auth-service does not map [target-container]',
  ),
  broken(
    'a load balancer that shows the metrics',
    '{"ContainerName":"auth-service","ContainerPort":8000,',
    '{"ContainerName":"auth-service","ContainerPort":9464,',
    'ServiceServiceService: the load balancer sends to port 9464, which answers /metrics to everybody [target-container]',
  ),
  broken(
    'a deployment that nothing stops',
    '"DeploymentCircuitBreaker":{"Enable":true,"Rollback":true}',
    '"DeploymentCircuitBreaker":{"Enable":true,"Rollback":false}',
    'ServiceServiceService: needs the deployment circuit breaker with rollback: without it a task that never turns ready is started for hours [rollout]',
  ),
  broken(
    'a deployment that begins with an outage',
    '"MinimumHealthyPercent":100',
    '"MinimumHealthyPercent":50',
    'ServiceServiceService: MinimumHealthyPercent is 50, and below 100 a deployment removes tasks before their replacements are ready [rollout]',
  ),
  broken(
    'a number of tasks that each deployment restores',
    '"EnableECSManagedTags": true',
    '"EnableECSManagedTags": true,\n  "DesiredCount": 2',
    'ServiceServiceService: must have no DesiredCount: each deployment would set the number of tasks back to it [rollout]',
  ),
  broken(
    'a least number of tasks over the greatest',
    '"MinCapacity": 2',
    '"MinCapacity": 12',
    'ServiceServiceTaskCountTarget: MinCapacity 12 is above MaxCapacity 10 [scaling]',
  ),
  broken(
    'a single task',
    '"MinCapacity": 2',
    '"MinCapacity": 1',
    'ServiceServiceTaskCountTarget: MinCapacity is 1: with fewer than 2 tasks the failure of a zone is an outage [scaling]',
  ),
  broken(
    'alarms that nobody may send',
    '{"Service":"cloudwatch.amazonaws.com"}',
    '{"Service":"events.amazonaws.com"}',
    'AlarmsTopicPolicy: must let cloudwatch.amazonaws.com publish: the policy replaces the default one, and no alarm would arrive [alarm-topic]',
  ),
];
