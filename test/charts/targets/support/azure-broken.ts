// biome-ignore lint/suspicious/noExplicitAny: a fixture reaches into objects of every kind, and a wrong path fails the test.
type Loose = any;

type Broken = readonly [
  title: string,
  change: (template: Loose, parameters: Loose) => void,
  ...lines: string[],
];

const first = (template: Loose): Loose => template.resources[0].properties.containers[0].properties;
const gateway = (template: Loose): Loose => template.resources[4].properties;
const purge = (template: Loose): Loose => template.resources[5].properties.containers[0].properties;
const variable = (container: Loose, name: string): Loose =>
  container.environmentVariables.find((one: { name: string }) => one.name === name);

const group = 'template.json: auth-service-REVISION-1';
const service = 'template.json: auth-service of auth-service-REVISION-1';
const migrate = 'template.json: auth-service-migrate of auth-service-REVISION-1';
const purgeJob = 'template.json: auth-service-purge of auth-service-purge';

/** What the client of Azure refuses or would leave out. */
const malformedGroups: readonly Broken[] = [
  [
    'an unknown field of a group',
    (template) => {
      template.resources[0].properties.restart = 'Always';
    },
    `${group}: properties.restart: is not a field of a container group [container-group]`,
  ],
  [
    'an unknown field of a container',
    (template) => {
      first(template).entrypoint = [];
    },
    `${group}: properties.containers[0].properties.entrypoint: is not a field of a container group [container-group]`,
  ],
  [
    'a field of a container outside of its properties',
    (template) => {
      template.resources[0].properties.containers[0].image = 'auth-service';
    },
    `${group}: properties.containers[0].image: is not a field of a container group [container-group]`,
  ],
  [
    'a misspelled field of a probe',
    (template) => {
      first(template).livenessProbe.failureTreshold = 3;
    },
    `${group}: properties.containers[0].properties.livenessProbe.failureTreshold: is not a field of a container group [container-group]`,
  ],
  [
    'a number that is a text',
    (template) => {
      first(template).resources.requests.cpu = '2';
    },
    `${group}: properties.containers[0].properties.resources.requests.cpu: must be a number [container-group]`,
    `${group}: its properties do not have the form that the rules read, at containers[0].properties.resources.requests.cpu [container-group]`,
  ],
  [
    'a container without its memory',
    (template) => {
      delete first(template).resources.requests.memoryInGB;
    },
    `${group}: properties.containers.properties.resources.requests.memoryInGB cannot be null or undefined. [container-group]`,
    `${group}: its properties do not have the form that the rules read, at containers[0].properties.resources.requests.memoryInGB [container-group]`,
  ],
];

/** What is wrong with the template as a whole. */
const malformedTemplates: readonly Broken[] = [
  [
    'a type of parameter that does not exist',
    (template) => {
      template.parameters.revision.type = 'text';
    },
    'template.json: parameters.revision.type: must be one of string, securestring, int, bool [schema]',
  ],
  [
    'a section that does not exist',
    (template) => {
      template.ressources = [];
    },
    'template.json: ressources: is not a known field [schema]',
  ],
  [
    'a resource without a version of its API',
    (template) => {
      delete template.resources[3].apiVersion;
    },
    'template.json: resources[3].apiVersion: is required [schema]',
  ],
  [
    'an unknown form of a parameter',
    (_template, parameters) => {
      parameters.parameters.dbUrl = { secret: 'db-url' };
    },
    'parameters.json: parameters.dbUrl: must be {value} or {reference} [schema]',
  ],
  [
    'a reference without a Key Vault',
    (_template, parameters) => {
      parameters.parameters.redisUrl.reference = { secretName: 'redis-url' };
    },
    'parameters.json: parameters.redisUrl: must be {value} or {reference} [schema]',
  ],
  [
    'a text that is taken for an expression',
    (template) => {
      variable(first(template), 'LOG_LEVEL').value = '["info"]';
    },
    'template.json: auth-service-REVISION-1.properties.containers[0].properties.environmentVariables[3].value begins with a bracket and is no expression; write [[ for a text [expression]',
  ],
  [
    'a parameter that is not declared',
    (template) => {
      variable(first(template), 'JWT_PUBLIC_KEY').secureValue = "[parameters('publicKey')]";
    },
    'template.json: auth-service-REVISION-1.properties.containers[0].properties.environmentVariables[12].secureValue uses the parameter publicKey, which is not declared [parameter]',
    `${service}: JWT_PUBLIC_KEY must be a parameter of the type securestring [secret-in-clear]`,
  ],
  [
    'a parameter that nothing uses',
    (template, parameters) => {
      template.parameters.smtpUrl = { type: 'securestring', metadata: { description: 'Unused.' } };
      parameters.parameters.smtpUrl = parameters.parameters.dbUrl;
    },
    'template.json: parameter smtpUrl is not used [parameter]',
  ],
  [
    'a parameter that the file does not give',
    (_template, parameters) => {
      delete parameters.parameters.dbUrl;
    },
    'parameters.json: parameter dbUrl is missing [parameter]',
  ],
  [
    'a parameter that the template does not have',
    (_template, parameters) => {
      parameters.parameters.databaseUrl = parameters.parameters.dbUrl;
    },
    'parameters.json: parameter databaseUrl is not one of the template [parameter]',
  ],
  [
    'a secret in the template',
    (template) => {
      template.parameters.dbUrl.defaultValue = 'postgresql://';
    },
    'template.json: parameter dbUrl has a default, so the secret is in the file [secret-in-clear]',
  ],
  [
    'a secret in the parameters',
    (_template, parameters) => {
      parameters.parameters.redisUrl = { value: 'rediss://' };
    },
    'parameters.json: parameter redisUrl is in clear; use a reference to the Key Vault [secret-in-clear]',
  ],
  [
    'a secret in the outputs',
    (template) => {
      template.outputs.key = { type: 'string', value: "[parameters('jwtPrivateKey')]" };
    },
    'template.json: output key shows jwtPrivateKey to everybody who reads the deployment [secret-in-clear]',
  ],
  [
    'a version of the API for which nobody has checked the group',
    (template) => {
      template.resources[0].apiVersion = '2018-10-01';
    },
    `${group} has the apiVersion 2018-10-01 instead of 2023-05-01 [type]`,
  ],
  [
    'a resource of another kind',
    (template) => {
      template.resources.push({ type: 'Microsoft.Web/sites', apiVersion: '2023-12-01', name: 'site' });
    },
    'template.json: site has the type Microsoft.Web/sites, which this target does not use [type]',
  ],
  [
    'a wait for a resource that does not exist',
    (template) => {
      template.resources[6].dependsOn = ["[resourceId('Microsoft.Web/sites', 'site')]"];
    },
    "template.json: auth-service-purge depends on [resourceId('Microsoft.Web/sites', 'site')], which does not exist [reference]",
  ],
  [
    'a listener with a certificate that does not exist',
    (template) => {
      gateway(template).sslCertificates[0].name = 'other';
    },
    'template.json: auth-gateway.httpListeners[0].properties.sslCertificate.id names sslCertificates api, which does not exist [reference]',
  ],
  [
    'a gateway that does not wait for the address of a group',
    (template) => {
      template.resources[4].dependsOn.pop();
    },
    "template.json: auth-gateway does not wait for resourceId('Microsoft.ContainerInstance/containerGroups', format('auth-service-{0}-2', parameters('revision'))), whose address it needs [reference]",
  ],
];

/** What Azure accepts and the rules refuse. */
const unwise: readonly Broken[] = [
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
    `${migrate}: command must be node --require ./dist/threads.cjs dist/main.js migrate, because it replaces the entry point of the image [entry-point]`,
  ],
  [
    'a service with a command',
    (template) => {
      first(template).command = ['node', 'dist/main.js'];
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

export const brokenTemplates: readonly Broken[] = [...malformedGroups, ...malformedTemplates, ...unwise];
