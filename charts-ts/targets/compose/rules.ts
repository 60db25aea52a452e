import type { FolderContent } from '../../output/output-folder.ts';
import { kongFindings } from '../kong/rules.ts';
import type { ComposeDocument, ComposeService } from './document.ts';
import { outputFolder } from './draw.ts';
import { defaultText, folder } from './environment.ts';
import { composeFile, kongFile, readCompose } from './files.ts';

const servicesOf = ({ services }: ComposeDocument): [string, ComposeService][] => Object.entries(services);

function* portFindings(document: ComposeDocument): Generator<string> {
  const published = new Map<string, string>();
  for (const [name, { ports = [] }] of servicesOf(document)) {
    for (const text of ports) {
      const [, address = '', port = ''] = /^(.+):(\d+):\d+$/.exec(text) ?? [];
      if (!/^(127\.|\[::1\])/.test(address))
        yield `service ${name}: ${text} is published on ${address}; use 127.0.0.1, because the credentials are public [loopback]`;
      const other = published.get(port);
      if (other) yield `service ${name}: port ${port} is published by ${other} as well [port]`;
      published.set(port, name);
    }
  }
}

function* dependencyFindings(document: ComposeDocument): Generator<string> {
  for (const [name, { depends_on = {}, profiles = [] }] of servicesOf(document)) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const target = document.services[other];
      if (!target) {
        yield `service ${name}: depends on ${other}, which does not exist [dependency]`;
        continue;
      }
      if (condition === 'service_healthy' && !target.healthcheck)
        yield `service ${name}: waits for ${other} to be healthy, which has no healthcheck [dependency]`;
      if (target.profiles && profiles.length === 0)
        yield `service ${name}: depends on ${other}, which only runs in the profile ${target.profiles.join(', ')} [dependency]`;
    }
  }
}

function* mountFindings(document: ComposeDocument, files: FolderContent): Generator<string> {
  const used = new Set<string>();
  for (const [name, { volumes = [] }] of servicesOf(document)) {
    for (const { source, target, type } of volumes) {
      if (`${folder}/node_modules`.startsWith(target))
        yield `service ${name}: a mount on ${target} hides node_modules of the image [mount]`;
      if (type === 'volume') {
        used.add(source);
        if (!(source in document.volumes))
          yield `service ${name}: the volume ${source} is not declared under volumes [volume]`;
      } else if (source.startsWith(`${outputFolder}/`) && !files.has(source.slice(outputFolder.length + 1)))
        yield `service ${name}: mounts ${source}, which synth does not write [mount]`;
    }
  }
  for (const volume of Object.keys(document.volumes))
    if (!used.has(volume)) yield `volumes: ${volume} is not used by any service [volume]`;
}

function* imageFindings(document: ComposeDocument): Generator<string> {
  for (const [name, { build, image }] of servicesOf(document))
    if (!build && !/:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image))
      yield `service ${name}: the image ${image} names no version, such as 16.14 [image]`;
}

function* environmentFindings(document: ComposeDocument): Generator<string> {
  for (const [name, { environment = {} }] of servicesOf(document)) {
    for (const [variable, text] of Object.entries(environment)) {
      const unescaped = text.replaceAll('$$', '');
      if (/\$/.test(unescaped) && !/^\$\{\w+:-[^$]*\}$/s.test(unescaped))
        yield `service ${name}: ${variable} must be \${NAME:-default}; write $$ for a dollar sign [interpolation]`;
      const [, host = ''] = /^\w+:\/\/(?:[^/@]*@)?([\w.-]+)/.exec(defaultText(text)) ?? [];
      if (/_URL$/.test(variable) && !(host in document.services))
        yield `service ${name}: ${variable} leads to ${host}, which is no service of this file [host]`;
    }
  }
}

/** What is wrong with the finished files, as `file: message [rule]`. */
export function findings(files: FolderContent): string[] {
  const { document, findings: unreadable } = readCompose(files);
  const ofKong = kongFindings(kongFile, files.get(kongFile) ?? '');
  if (!document) return [...unreadable, ...ofKong];
  const lines = [
    ...portFindings(document),
    ...dependencyFindings(document),
    ...mountFindings(document, files),
    ...imageFindings(document),
    ...environmentFindings(document),
  ];
  return [...lines.map((line) => `${composeFile}: ${line}`), ...ofKong];
}
