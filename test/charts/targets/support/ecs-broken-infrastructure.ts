import { type Broken, broken } from './ecs-broken.ts';

/** What the rules about the load balancer and the network refuse. */
export const network: readonly Broken[] = [
  broken(
    'an idle timeout over that of the service',
    '"idle_timeout.timeout_seconds","Value":"60"',
    '"idle_timeout.timeout_seconds","Value":"120"',
    'LoadBalancerBalancer: its idle timeout, 120 s, must be below KEEP_ALIVE_TIMEOUT, 75 s; otherwise clients get 502 [idle-timeout]',
  ),
  broken(
    'a deregistration that outlasts the drain',
    '"deregistration_delay.timeout_seconds","Value":"30"',
    '"deregistration_delay.timeout_seconds","Value":"300"',
    'LoadBalancerTargets: its deregistration delay, 300 s, must be below DRAIN_DELAY, 35 s: the load balancer sends requests to a stopping task for that long [deregistration]',
  ),
  broken(
    'a health check that does not know of the drain',
    '"HealthCheckPath": "/api/v1/health/ready"',
    '"HealthCheckPath": "/api/v1/health"',
    'LoadBalancerTargets: its health check must ask /api/v1/health/ready, which is 503 while a task drains, and not /api/v1/health [target-health]',
  ),
  broken(
    'a health check every ten minutes',
    '"HealthCheckIntervalSeconds": 10',
    '"HealthCheckIntervalSeconds": 600',
    'LoadBalancerTargets: the interval of its health check must be from 5 to 300 s, and is 600 [target-health]',
  ),
  broken(
    'HTTP without a redirect',
    '{"RedirectConfig":{"Port":"443","Protocol":"HTTPS","StatusCode":"HTTP_301"},"Type":"redirect"}',
    '{"TargetGroupArn":{"Ref":"LoadBalancerTargets"},"Type":"forward"}',
    'LoadBalancerBalancerHttp: HTTP must be redirected to HTTPS, because passwords would cross the network as plain text [tls]',
  ),
  broken(
    'TLS 1.0',
    'ELBSecurityPolicy-TLS13-1-2-2021-06',
    'ELBSecurityPolicy-2016-08',
    'LoadBalancerBalancerHttps: its policy ELBSecurityPolicy-2016-08 still allows TLS 1.0: use ELBSecurityPolicy-TLS13-1-2-2021-06 [tls]',
  ),
  broken(
    'a subnet of the load balancer that is not trusted',
    '"10.0.0.0/24,10.0.1.0/24"',
    '"10.0.0.0/24"',
    `ServiceTaskTask: container auth-service: TRUSTED_PROXIES lacks 10.0.1.0/24, a subnet of the load balancer: all clients would share one rate limit [trusted-proxies]`,
  ),
  broken(
    'metrics for the internet',
    '"FromPort":80,"IpProtocol":"tcp","ToPort":80',
    '"FromPort":9464,"IpProtocol":"tcp","ToPort":9464',
    'NetworkLoadBalancer: opens port 9464 to the internet, where only the load balancer may be [open-port]',
  ),
  broken(
    'Postgres for the internet',
    '"GroupId": {"Fn::GetAtt":["NetworkDatabase","GroupId"]},\n  "IpProtocol": "tcp",\n  "SourceSecurityGroupId": {"Fn::GetAtt":["NetworkTasks","GroupId"]}',
    '"GroupId": {"Fn::GetAtt":["NetworkDatabase","GroupId"]},\n  "IpProtocol": "tcp",\n  "CidrIp": "0.0.0.0/0"',
    'NetworkDatabasefromauthserviceNetworkTasksA4F1AB735432: opens port 5432 to the internet, where only the load balancer may be [open-port]',
  ),
];

const reference = (password: string) =>
  `{"Fn::Join":["",["{{resolve:secretsmanager:",{"Ref":"${password}"},":SecretString:::}}"]]}`;

/** What the rules about Postgres and Redis refuse. */
export const stores: readonly Broken[] = [
  broken(
    'the master user of the guide',
    '"MasterUsername": "auth_owner"',
    '"MasterUsername": "admin"',
    'DatabaseInstance: RDS refuses admin as the name of the master user of Postgres [database]',
  ),
  broken(
    'the password of the guide',
    `"MasterUserPassword": ${reference('PasswordOwner')}`,
    '"MasterUserPassword": "YourStrongPassword123!"',
    'DatabaseInstance: MasterUserPassword must refer to a secret, because everybody who may read the stack sees the text [database]',
  ),
  broken(
    'a database that the internet reaches',
    '"PubliclyAccessible": false',
    '"PubliclyAccessible": true',
    'DatabaseInstance: must not be reachable from the internet [database]',
  ),
  broken(
    'no backups',
    '"BackupRetentionPeriod": 7',
    '"BackupRetentionPeriod": 0',
    'DatabaseInstance: must have backups: BackupRetentionPeriod is 0 [database]',
  ),
  broken(
    'an older Postgres',
    '"EngineVersion": "16"',
    '"EngineVersion": "14.9"',
    'DatabaseInstance: must be Postgres 16, and is 14.9 [database]',
  ),
  broken(
    'an auth token without TLS',
    '"TransitEncryptionEnabled": true',
    '"TransitEncryptionEnabled": false',
    'RedisGroup: must have TransitEncryptionEnabled: ElastiCache refuses an auth token without TLS, and the service a URL without rediss:// [redis]',
  ),
  broken(
    'Redis without an auth token',
    `"AuthToken": ${reference('PasswordRedis')},`,
    '',
    'RedisGroup: needs an auth token, because everybody in the network could read and change sessions [redis]',
  ),
  broken(
    'the auth token of the guide',
    `"AuthToken": ${reference('PasswordRedis')}`,
    '"AuthToken": "YourRedisAuthToken123!"',
    'RedisGroup: AuthToken must refer to a secret, because everybody who may read the stack sees the text [redis]',
  ),
  broken(
    'a failover to nobody',
    '"NumCacheClusters": 2',
    '"NumCacheClusters": 1',
    'RedisGroup: AutomaticFailoverEnabled needs at least 2 nodes [redis]',
  ),
  broken(
    'a URL with its password',
    '"rediss://:{{resolve:secretsmanager:",{"Ref":"PasswordRedis"},":SecretString:::}}@"',
    '"rediss://:YourRedisAuthToken@"',
    'Secretredisurl: SecretString contains the secret itself: refer to another secret, or create it with aws secretsmanager create-secret [secret-text]',
  ),
  broken(
    'more connections than Postgres accepts',
    '"max_connections":"100"',
    '"max_connections":"70"',
    'ServiceServiceTaskCountTarget: 20 tasks during a deployment, with those that stop, need 100 connections, and max_connections of Postgres is 70 [connections]',
  ),
];
