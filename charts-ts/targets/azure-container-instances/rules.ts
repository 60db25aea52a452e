import type { FolderContent } from '../../output/output-folder.ts';
import { pathText, schemaFindings } from '../schema-findings.ts';
import { containerRules } from './container-rules.ts';
import { groupProperties, parameterFile, type Resource, type Template, template } from './document.ts';
import { inner, isExpression, types } from './expressions.ts';
import {
  groupsOf,
  parametersFile,
  parseJson,
  processesOf,
  templateFile,
  templateOf,
  titleOf,
} from './files.ts';
import { groupFaults } from './sdk.ts';

const versions = new Map<string, string>(Object.values(types).map(([type, version]) => [type, version]));

/** Functions of templates that this template uses. Another name is a typing error, or a text that was not escaped. */
const functions =
  /^(resourceId|subscriptionResourceId|reference|listKeys|parameters|format|guid|resourceGroup|environment|substring)\(/;

/** Every text of a value with its path. */
function* textsOf(value: unknown, path: string): Generator<[path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value))
    for (const [at, item] of value.entries()) yield* textsOf(item, `${path}[${at}]`);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      yield [`${path}.${key}`, isExpression(key) ? key : ''];
      yield* textsOf(item, `${path}.${key}`);
    }
}

function* expressionFindings(parsed: Template): Generator<string> {
  const used = new Set<string>();
  for (const resource of [...parsed.resources, ...Object.values(parsed.outputs ?? {})]) {
    const title = 'name' in resource ? titleOf(resource as Resource) : 'outputs';
    for (const [path, text] of textsOf(resource, title)) {
      if (!isExpression(text)) continue;
      const expression = inner(text);
      if (!functions.test(expression))
        yield `${templateFile}: ${path} begins with a bracket and is no expression; write [[ for a text [expression]`;
      for (const [, name = ''] of expression.matchAll(/parameters\('(\w+)'\)/g)) {
        used.add(name);
        if (!(name in parsed.parameters))
          yield `${templateFile}: ${path} uses the parameter ${name}, which is not declared [parameter]`;
      }
    }
  }
  for (const name of Object.keys(parsed.parameters))
    if (!used.has(name)) yield `${templateFile}: parameter ${name} is not used [parameter]`;
}

function* parameterFindings(parsed: Template, files: FolderContent): Generator<string> {
  for (const [name, { defaultValue, type }] of Object.entries(parsed.parameters)) {
    if (type === 'securestring' && defaultValue !== undefined)
      yield `${templateFile}: parameter ${name} has a default, so the secret is in the file [secret-in-clear]`;
  }
  for (const [name, { value }] of Object.entries(parsed.outputs ?? {})) {
    const [, secret = ''] = /parameters\('(\w+)'\)/.exec(value) ?? [];
    if (parsed.parameters[secret]?.type === 'securestring')
      yield `${templateFile}: output ${name} shows ${secret} to everybody who reads the deployment [secret-in-clear]`;
  }
  const given = parameterFile.safeParse(parseJson(files.get(parametersFile) ?? '')).data?.parameters;
  if (!given) return;
  for (const [name, one] of Object.entries(given)) {
    if (!parsed.parameters[name])
      yield `${parametersFile}: parameter ${name} is not one of the template [parameter]`;
    else if (parsed.parameters[name].type === 'securestring' && 'value' in one)
      yield `${parametersFile}: parameter ${name} is in clear; use a reference to the Key Vault [secret-in-clear]`;
  }
  for (const [name, { defaultValue }] of Object.entries(parsed.parameters))
    if (!(name in given) && defaultValue === undefined)
      yield `${parametersFile}: parameter ${name} is missing [parameter]`;
}

/** The identifier of a resource of the template, as others name it. */
function idOf({ name, type }: Resource): string {
  return `resourceId('${type}', ${isExpression(name) ? inner(name) : `'${name}'`})`;
}

/** Whether each resource that another one names exists, with the parts of the gateway. */
function* referenceFindings(parsed: Template): Generator<string> {
  const existing = new Map(parsed.resources.map((resource) => [idOf(resource), resource]));
  const [gatewayType] = types.gateway;
  for (const resource of parsed.resources) {
    const title = titleOf(resource);
    const expected = versions.get(resource.type);
    if (!expected)
      yield `${templateFile}: ${title} has the type ${resource.type}, which this target does not use [type]`;
    else if (expected !== resource.apiVersion)
      yield `${templateFile}: ${title} has the apiVersion ${resource.apiVersion} instead of ${expected} [type]`;
    for (const one of resource.dependsOn ?? [])
      if (!existing.has(inner(one)))
        yield `${templateFile}: ${title} depends on ${one}, which does not exist [reference]`;
    if (resource.type !== gatewayType) continue;
    for (const [path, text] of textsOf(resource.properties, title)) {
      const [, kind = '', part = ''] =
        /^\[resourceId\('Microsoft\.Network\/applicationGateways\/(\w+)', '[\w-]+', '([\w-]+)'\)\]$/.exec(
          text,
        ) ?? [];
      const parts = (resource.properties?.[kind] ?? []) as { name: string }[];
      if (kind && !parts.some(({ name }) => name === part))
        yield `${templateFile}: ${path} names ${kind} ${part}, which does not exist [reference]`;
    }
    for (const [, text] of textsOf(resource.properties?.backendAddressPools, '')) {
      const [, group = ''] = /^\[reference\((resourceId\(.*\))\)\.ipAddress\.ip\]$/.exec(text) ?? [];
      if (group && !existing.has(group))
        yield `${templateFile}: ${title} sends requests to ${group}, which does not exist [reference]`;
      if (group && !resource.dependsOn?.includes(`[${group}]`))
        yield `${templateFile}: ${title} does not wait for ${group}, whose address it needs [reference]`;
    }
  }
}

function* groupFormFindings(parsed: Template): Generator<string> {
  for (const resource of parsed.resources.filter(({ type }) => type === types.containerGroup[0])) {
    const { apiVersion: _version, dependsOn: _others, name: _name, type: _type, ...group } = resource;
    for (const fault of groupFaults(group))
      yield `${templateFile}: ${titleOf(resource)}: ${fault} [container-group]`;
    const form = groupProperties.safeParse(resource.properties);
    const path = pathText(form.error?.issues[0]?.path ?? []);
    if (!form.success)
      yield `${templateFile}: ${titleOf(resource)}: its properties do not have the form that the rules read, at ${path} [container-group]`;
  }
}

function* formFindings(files: FolderContent): Generator<string> {
  for (const [file, schema] of [
    [templateFile, template],
    [parametersFile, parameterFile],
  ] as const) {
    const text = files.get(file);
    if (text === undefined) yield `${file}: is missing [file]`;
    else if (parseJson(text) === undefined) yield `${file}: is not JSON [json]`;
    else yield* schemaFindings(file, schema, parseJson(text));
  }
}

/** What Azure would refuse, and what would work otherwise than the operator expects. */
export function* findings(files: FolderContent): Generator<string> {
  yield* formFindings(files);
  const parsed = templateOf(files);
  if (!parsed) return;
  yield* groupFormFindings(parsed);
  yield* expressionFindings(parsed);
  yield* parameterFindings(parsed, files);
  yield* referenceFindings(parsed);
  const groups = groupsOf(parsed);
  yield* containerRules(parsed, groups, processesOf(groups));
}
