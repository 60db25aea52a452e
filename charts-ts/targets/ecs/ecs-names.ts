/** Names of the deployment guide, which its commands and those of docs/deploy/ecs.md use. */
export const ecsNames = {
  stack: 'auth-service',
  vpc: 'auth-system-vpc',
  cluster: 'auth-system-cluster',
  service: 'auth-service',
  taskFamily: 'auth-service-task',
  purgeFamily: 'auth-service-purge',
  backupFamily: 'auth-service-backup',
  backupStack: 'auth-service-backup',
  loadBalancer: 'auth-service-alb',
  targetGroup: 'auth-service-tg',
  database: 'auth-system-db',
  databaseName: 'authdb',
  redis: 'auth-system-redis',
  logGroup: '/ecs/auth-service',
  alarms: 'auth-service-alarms',
  dashboard: 'auth-service',
} as const;

/** Containers of the task, in the order in which they run. */
export const containerNames = {
  serviceRole: 'service-role',
  publicKeys: 'public-keys',
  migrate: 'migrate',
  service: 'auth-service',
  portKeeper: 'port-keeper',
  purge: 'purge',
  backup: 'backup',
} as const;

/** Roles of Postgres. RDS creates the owner as its master user, for which it refuses the guide's name admin. */
export const databaseRoles = { owner: 'auth_owner', service: 'auth_service' } as const;

/** Ports of the stores. */
export const storePorts = { database: 5432, redis: 6379 } as const;

/** In Secrets Manager. It authenticates and encrypts the backups, and the operator keeps a copy elsewhere. */
export const backupKeySecret = 'auth-backup-key';

/** Outputs of the stack of the service that the stack of the backups imports. */
export const exportNames = {
  TaskSubnets: 'auth-service-task-subnets',
  TaskSecurityGroup: 'auth-service-task-security-group',
} as const;

export const templateFile = 'auth-service.template.json';
export const backupTemplateFile = 'auth-service-backup.template.json';

/** Idle timeout of the load balancer in seconds. It must be below KEEP_ALIVE_TIMEOUT. */
export const idleTimeoutSeconds = 60;

/** During a deployment as many per cent of the desired tasks run at once. */
export const deploymentPercent = 150;

/** The longest that Fargate waits between SIGTERM and SIGKILL, and for a container that others depend on. */
export const longestTimeoutSeconds = 120;
