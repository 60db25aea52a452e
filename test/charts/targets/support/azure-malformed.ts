// biome-ignore lint/suspicious/noExplicitAny: a fixture reaches into objects of every kind, and a wrong path fails the test.
type Loose = any;

export type Broken = readonly [
  title: string,
  change: (template: Loose, parameters: Loose) => void,
  ...lines: string[],
];

const first = (template: Loose): Loose => template.resources[0].properties.containers[0].properties;
const gateway = (template: Loose): Loose => template.resources[4].properties;
const variable = (container: Loose, name: string): Loose =>
  container.environmentVariables.find((one: { name: string }) => one.name === name);

const group = 'template.json: auth-service-REVISION-1';
const service = 'template.json: auth-service of auth-service-REVISION-1';

/** What the client of Azure refuses or would leave out. */
export const malformedGroups: readonly Broken[] = [
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
export const malformedTemplates: readonly Broken[] = [
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
    'template.json: auth-service-REVISION-1.properties.containers[0].properties.environmentVariables[14].secureValue uses the parameter publicKey, which is not declared [parameter]',
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
