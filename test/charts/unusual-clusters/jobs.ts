import type { UnusualCluster } from './cluster.ts';

/** Schedules, limits and what remains of Jobs. */
export const jobs: readonly UnusualCluster[] = [
  {
    title: 'a purge in local time, suspended, whose Jobs stay',
    values: `purge:
  schedule: "@daily"
  timeZone: Europe/Berlin
  suspend: true
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 0
  failedJobsHistoryLimit: 5
  activeDeadlineSeconds: 7200
  backoffLimit: 0
  ttlSecondsAfterFinished: null`,
    output: {
      'CronJob/auth-service-purge': {
        spec: {
          schedule: '@daily',
          timeZone: 'Europe/Berlin',
          suspend: true,
          startingDeadlineSeconds: 600,
          successfulJobsHistoryLimit: 0,
          failedJobsHistoryLimit: 5,
          jobTemplate: {
            spec: { activeDeadlineSeconds: 7200, backoffLimit: 0, ttlSecondsAfterFinished: null },
          },
        },
      },
    },
    clouds: ['gke'],
  },
  {
    title: 'backups every six hours, a suspended drill, and Jobs that stay for an hour',
    values: `backup:
  enabled: true
  claim: auth-backups
  schedule: "@every 6h"
  timeZone: America/Argentina/ComodRivadavia
  startingDeadlineSeconds: 900
  successfulJobsHistoryLimit: 2
  failedJobsHistoryLimit: 4
  suspend: false
  backoffLimit: 3
  ttlSecondsAfterFinished: 3600
  deadlineMinutes: 30
  drill: { enabled: true, suspend: true, schedule: 0 4 * * SUN }
administrator: { email: jane@example.com, username: jane.doe, ttlSecondsAfterFinished: 60, activeDeadlineSeconds: 90, backoffLimit: 0 }`,
    output: {
      'CronJob/auth-service-backup': {
        spec: {
          schedule: '@every 6h',
          timeZone: 'America/Argentina/ComodRivadavia',
          suspend: null,
          startingDeadlineSeconds: 900,
          successfulJobsHistoryLimit: 2,
          failedJobsHistoryLimit: 4,
          jobTemplate: {
            spec: { activeDeadlineSeconds: 1800, backoffLimit: 3, ttlSecondsAfterFinished: 3600 },
          },
        },
      },
      'CronJob/auth-service-restore-drill': {
        spec: { schedule: '0 4 * * SUN', timeZone: 'America/Argentina/ComodRivadavia', suspend: true },
      },
      'Job/auth-service-restore-': {
        spec: { activeDeadlineSeconds: 1800, backoffLimit: 0, ttlSecondsAfterFinished: 3600 },
      },
      'Job/auth-service-administrator-': {
        spec: { activeDeadlineSeconds: 90, backoffLimit: 0, ttlSecondsAfterFinished: 60 },
      },
    },
    clouds: ['aks'],
  },
  {
    title: 'a migration that waits for somebody to start it, and that Flux does not create again',
    values: `migrations:
  mode: job
  suspend: true
  activeDeadlineSeconds: 3600
  backoffLimit: 0
  ttlSecondsAfterFinished: null`,
    output: {
      'Deployment/auth-service': { spec: { template: { spec: { initContainers: null } } } },
    },
    clouds: ['eks'],
  },
  {
    title: 'schedules that Kubernetes refuses',
    values: `purge: { schedule: 61 * * * * }
backup: { schedule: "TZ=Europe/Berlin 0 3 * * *", drill: { schedule: 0 4 * * 7 } }`,
    refused: [
      'purge.schedule: must have a minute from 0 to 59',
      'backup.schedule: must not name a time zone: set timeZone beside it',
      'backup.drill.schedule: must have a day of the week from 0 to 6 or SUN to SAT, where 0 is Sunday',
    ],
    clouds: ['eks'],
  },
  {
    title: 'texts that are no schedules',
    values: `purge: { schedule: 0 3 * * }
backup: { schedule: "@reboot", drill: { schedule: "0 0 3 * * *" } }`,
    refused: [
      'purge.schedule: must be five fields such as 17 3 * * *, or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly',
      'backup.schedule: must be five fields, @every 6h or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly',
      'backup.drill.schedule: must be five fields such as 17 3 * * *, or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly',
    ],
    clouds: ['eks'],
  },
  {
    title: 'time zones that Kubernetes does not find',
    values: 'purge: { timeZone: europe/berlin }\nbackup: { timeZone: "+02:00" }',
    refused: [
      'purge.timeZone: must be a name of the tz database such as Etc/UTC or Europe/Berlin',
      'backup.timeZone: must be a name of the tz database such as Etc/UTC or Europe/Berlin',
    ],
    clouds: ['eks'],
  },
];
