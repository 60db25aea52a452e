import type { Broken } from './azure-malformed.ts';

// biome-ignore lint/suspicious/noExplicitAny: a fixture reaches into objects of every kind, and a wrong path fails the test.
type Loose = any;

const first = (template: Loose): Loose => template.resources[0].properties.containers[0].properties;
const gateway = (template: Loose): Loose => template.resources[4].properties;
const purge = (template: Loose): Loose => template.resources[5].properties.containers[0].properties;
const variable = (container: Loose, name: string): Loose =>
  container.environmentVariables.find((one: { name: string }) => one.name === name);

const group = 'template.json: auth-service-REVISION-1';
const service = 'template.json: auth-service of auth-service-REVISION-1';
const migrate = 'template.json: auth-service-migrate of auth-service-REVISION-1';
const purgeJob = 'template.json: auth-service-purge of auth-service-purge';

/** What Azure accepts and the rules refuse. */
export const unwise: readonly Broken[] = [
  [
    'a secret in clear',
    (template) => {
      Object.assign(variable(first(template), 'LOG_LEVEL'), { name: 'JWT_SECRET_KEY' });
    },
    `${service}: JWT_SECRET_KEY contains a secret in clear; use secureValue with a parameter [secret-in-clear]`,
  ],
  [
    'a password in a URL in clear',
    (template) => {
      variable(first(template), 'JWT_ISSUER').value = 'https://auth:password@example.com';
    },
    `${service}: JWT_ISSUER contains a secret in clear; use secureValue with a parameter [secret-in-clear]`,
  ],
  [
    'a secret from a parameter that everybody can read',
    (template) => {
      variable(first(template), 'REDIS_URL').secureValue = "[parameters('revision')]";
    },
    `${service}: REDIS_URL must be a parameter of the type securestring [secret-in-clear]`,
  ],
  [
    'a variable that occurs twice',
    (template) => {
      variable(first(template), 'JWT_ISSUER').name = 'JWT_AUDIENCE';
    },
    `${service}: JWT_AUDIENCE occurs twice [environment]`,
  ],
  [
    'a variable without a text',
    (template) => {
      delete variable(first(template), 'LOG_LEVEL').value;
    },
    `${service}: LOG_LEVEL must have either value or secureValue [environment]`,
  ],
  [
    'the URL of the owner in the service',
    (template) => {
      const secureValue = "[parameters('dbOwnerUrl')]";
      first(template).environmentVariables.push({ name: 'DB_MIGRATION_URL', secureValue });
    },
    `${service}: DB_MIGRATION_URL is for the migration only [least-privilege]`,
  ],
  [
    'a key in the migration',
    (template) => {
      const [init] = template.resources[0].properties.initContainers;
      const secureValue = "[parameters('jwtPrivateKey')]";
      init.properties.environmentVariables.push({ name: 'JWT_PRIVATE_KEY', secureValue });
    },
    `${migrate}: JWT_PRIVATE_KEY is not for the command migrate, which does not read it [least-privilege]`,
  ],
  [
    'a migration that replaces the entry point by a word',
    (template) => {
      template.resources[0].properties.initContainers[0].properties.command = ['migrate'];
    },
    `${migrate}: command must be auth-service migrate, because it replaces the entry point of the image [entry-point]`,
  ],
  [
    'a service with a command',
    (template) => {
      first(template).command = ['auth-service'];
    },
    `${service}: command replaces the entry point of the image [entry-point]`,
  ],
  [
    'times that do not fit',
    (template) => {
      variable(first(template), 'DRAIN_DELAY').value = '20s';
    },
    `${service}: DRAIN_DELAY and SHUTDOWN_TIMEOUT are 35 s together; 30 s are allowed [stop-time]`,
  ],
  [
    'a service that trusts no gateway',
    (template) => {
      variable(first(template), 'TRUSTED_PROXIES').value = '';
    },
    `${service}: TRUSTED_PROXIES is missing; all clients would share the rate limit of the gateway [proxies]`,
  ],
  [
    'a probe of a port that the container does not declare',
    (template) => {
      first(template).readinessProbe.httpGet.port = 8080;
    },
    `${service}: readinessProbe asks port 8080, which the container does not declare [probe]`,
  ],
  [
    'a liveness probe that asks Postgres',
    (template) => {
      first(template).livenessProbe.httpGet.path = '/readyz';
    },
    `${service}: livenessProbe asks /readyz instead of /livez [probe]`,
  ],
  [
    'a service without a readiness probe',
    (template) => {
      delete first(template).readinessProbe;
    },
    `${service}: there is no readinessProbe with httpGet [probe]`,
  ],
  [
    'a public address',
    (template) => {
      template.resources[0].properties.ipAddress.type = 'Public';
    },
    `${group}: ipAddress must be Private; requests come through the gateway, which has the certificate [network]`,
  ],
  [
    'a group without a subnet',
    (template) => {
      delete template.resources[0].properties.subnetIds;
    },
    `${group}: there is no subnet, so the group has no way to Postgres and Redis [network]`,
  ],
  [
    'a port that no container has',
    (template) => {
      template.resources[0].properties.ipAddress.ports[1].port = 80;
    },
    `${group}: port 80 is not one of a container [network]`,
  ],
  [
    'a service that is not started again',
    (template) => {
      template.resources[0].properties.restartPolicy = 'Never';
    },
    `${group}: restartPolicy must be Always [group]`,
  ],
  [
    'a log that is lost',
    (template) => {
      delete template.resources[0].properties.diagnostics;
    },
    `${group}: there are no diagnostics, so the log is lost with the group [log]`,
  ],
  [
    'more CPUs than a group has',
    (template) => {
      first(template).resources.requests.cpu = 8;
    },
    `${group}: 8 CPUs and 4 GB; a group has at most 4 CPUs and 16 GB, and names both [size]`,
  ],
  [
    'a group that does not migrate',
    (template) => {
      template.resources[0].properties.initContainers = [];
    },
    `${group}: there is no init container auth-service-migrate [migration]`,
  ],
  [
    'a purge of another release',
    (template) => {
      purge(template).image = 'yourregistry.azurecr.io/auth-service:0.9.0';
    },
    `${purgeJob}: yourregistry.azurecr.io/auth-service:0.9.0 is not the image of the service, yourregistry.azurecr.io/auth-service:1.0.0 [image]`,
  ],
  [
    'a group without credentials for its registry',
    (template) => {
      template.resources[5].properties.imageRegistryCredentials[0].server = 'other.azurecr.io';
    },
    `${purgeJob}: there are no credentials for the registry of yourregistry.azurecr.io/auth-service:1.0.0 [image]`,
  ],
  [
    'a gateway that sends requests to the management listener',
    (template) => {
      gateway(template).backendHttpSettingsCollection[0].properties.port = 9464;
    },
    'template.json: the gateway sends requests to port 9464 instead of 8000 [gateway]',
  ],
  [
    'a gateway whose port is a text',
    (template) => {
      gateway(template).backendHttpSettingsCollection[0].properties.port = '8000';
    },
    'template.json: the gateway does not have the form that the rules read, at backendHttpSettingsCollection[0].properties.port [gateway]',
  ],
  [
    'a gateway without probes',
    (template) => {
      delete gateway(template).probes;
    },
    'template.json: auth-gateway.backendHttpSettingsCollection[0].properties.probe.id names probes ready, which does not exist [reference]',
    'template.json: the gateway does not have the form that the rules read, at probes [gateway]',
  ],
  [
    'a gateway that asks for the wrong path',
    (template) => {
      gateway(template).probes[0].properties.path = '/';
    },
    'template.json: the gateway asks / instead of /api/v1/health/ready [gateway]',
  ],
  [
    'a listener without a certificate',
    (template) => {
      delete gateway(template).httpListeners[0].properties.sslCertificate;
    },
    'template.json: listener https has no certificate [gateway]',
  ],
];
