import type { FolderContent } from '../../../output/output-folder.ts';
import { directory } from '../layout.ts';
import type { Compose } from '../read-compose.ts';
import type { Rule } from './rule.ts';

type Unit = ReadonlyMap<string, readonly string[]>;

/** The values of each directive, as `Section.Name`. An empty value forgets those before it. */
function parseUnit(text: string): Unit {
  const unit = new Map<string, string[]>();
  let section = '';
  for (const line of text.split('\n')) {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const [, name, value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (name) unit.set(`${section}.${name}`, [...(unit.get(`${section}.${name}`) ?? []), value]);
  }
  return unit;
}

/** A rule that looks at each unit of systemd. Its file is the folder, and each finding names the file. */
function perUnit(
  id: string,
  check: (unit: Unit, name: string, server: { files: FolderContent; compose: Compose }) => Iterable<string>,
): Rule {
  return {
    id,
    file: 'systemd',
    *check(server) {
      for (const [name, text] of server.files)
        if (name.startsWith('systemd/'))
          for (const message of check(parseUnit(text), name.slice('systemd/'.length), server))
            yield `${name.slice('systemd/'.length)}: ${message}`;
    },
  };
}

const commandsOf = (unit: Unit): string[] =>
  ['ExecStart', 'ExecStop', 'ExecReload'].flatMap((name) => [...(unit.get(`Service.${name}`) ?? [])]);

const usesDocker = (unit: Unit): boolean =>
  commandsOf(unit).some(
    (command) => command.includes('docker compose') || command.includes(`${directory}/bin/`),
  );

const timers = perUnit('timer-service', function* (unit, name, { files }) {
  if (!name.endsWith('.timer')) return;
  const service = unit.get('Timer.Unit')?.[0] ?? name.replace('.timer', '.service');
  if (!files.has(`systemd/${service}`)) yield `there is no unit ${service} that it could start`;
  if (!unit.get('Install.WantedBy')?.includes('timers.target'))
    yield 'WantedBy=timers.target is missing, so that it does not start at boot';
});

const catchUp = perUnit('timer-persistent', function* (unit, name) {
  if (name.endsWith('.timer') && unit.has('Timer.OnCalendar') && unit.get('Timer.Persistent')?.[0] !== 'true')
    yield 'Persistent=true is missing, so that a run is left out if the machine is off at that time';
});

const order = perUnit('after-docker', function* (unit) {
  if (usesDocker(unit) && !unit.get('Unit.After')?.join(' ').split(' ').includes('docker.service'))
    yield 'After must contain docker.service, because a command of it needs Docker';
});

const atBoot = perUnit('starts-at-boot', function* (unit, name) {
  if (name !== 'auth-system.service') return;
  if (!unit.get('Unit.Requires')?.includes('docker.service')) yield 'Requires must contain docker.service';
  if (!unit.get('Install.WantedBy')?.includes('multi-user.target'))
    yield 'WantedBy=multi-user.target is missing, so that nothing starts at boot';
  if (unit.get('Service.RemainAfterExit')?.[0] !== 'yes')
    yield 'RemainAfterExit=yes is missing, so that systemd stops the containers as soon as they have started';
});

const scripts = perUnit('existing-files', function* (unit, _name, { compose, files }) {
  for (const command of commandsOf(unit)) {
    for (const [, script = ''] of command.matchAll(/\/opt\/auth-system\/(\S+)/g))
      if (!files.has(script)) yield `${directory}/${script} is not among the files of this server`;
    const container = / run (?:--\S+ )*(\S+)/.exec(command)?.[1];
    if (container && !compose.services[container]) yield `the Compose file has no container ${container}`;
    if (!command.startsWith('/')) yield `the program of ${command.split(' ')[0]} must be an absolute path`;
    const isRelative = command.includes('--file docker-compose.prod.yml');
    if (isRelative && unit.get('Service.WorkingDirectory')?.[0] !== directory)
      yield `WorkingDirectory must be ${directory}, where docker-compose.prod.yml is`;
  }
});

export const unitRules: readonly Rule[] = [timers, catchUp, order, atBoot, scripts];
