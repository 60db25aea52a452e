import type { Fixture } from './fixture.ts';

export const unitFixtures: readonly Fixture[] = [
  {
    title: 'a timer without its service',
    file: 'systemd/auth-system-backup.timer',
    from: 'Persistent=true',
    to: 'Persistent=true\nUnit=auth-system-backups.service',
    finding:
      'systemd: auth-system-backup.timer: there is no unit auth-system-backups.service that it could start [timer-service]',
  },
  {
    title: 'a timer that does not start at boot',
    file: 'systemd/auth-system-certbot.timer',
    from: 'WantedBy=timers.target',
    to: 'WantedBy=timer.target',
    finding:
      'systemd: auth-system-certbot.timer: WantedBy=timers.target is missing, so that it does not start at boot [timer-service]',
  },
  {
    title: 'a run that is lost while the machine is off',
    file: 'systemd/auth-system-purge.timer',
    from: 'Persistent=true\n',
    to: '',
    finding:
      'systemd: auth-system-purge.timer: Persistent=true is missing, so that a run is left out if the machine is off at that time [timer-persistent]',
  },
  {
    title: 'a job that does not wait for Docker',
    file: 'systemd/auth-system-purge.service',
    from: 'After=docker.service ',
    to: 'After=',
    finding:
      'systemd: auth-system-purge.service: After must contain docker.service, because a command of it needs Docker [after-docker]',
  },
  {
    title: 'a unit that ends at once',
    file: 'systemd/auth-system.service',
    from: 'RemainAfterExit=yes\n',
    to: '',
    finding:
      'systemd: auth-system.service: RemainAfterExit=yes is missing, so that systemd stops the containers as soon as they have started [starts-at-boot]',
  },
  {
    title: 'a script that does not exist',
    file: 'systemd/auth-system.service',
    from: 'bin/deploy',
    to: 'bin/deploys',
    finding:
      'systemd: auth-system.service: /opt/auth-system/bin/deploys is not among the files of this server [existing-files]',
  },
  {
    title: 'a container that does not exist',
    file: 'systemd/auth-system-purge.service',
    from: '--no-deps purge',
    to: '--no-deps purges',
    finding: 'systemd: auth-system-purge.service: the Compose file has no container purges [existing-files]',
  },
  {
    title: 'another working folder',
    file: 'systemd/auth-system.service',
    from: 'WorkingDirectory=/opt/auth-system',
    to: 'WorkingDirectory=/home/ec2-user/auth-system',
    finding:
      'systemd: auth-system.service: WorkingDirectory must be /opt/auth-system, where docker-compose.prod.yml is [existing-files]',
  },
];
