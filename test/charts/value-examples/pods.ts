import type { ExampleBlock } from './example.ts';

/** Values of pods that need others. Rows of unusual clusters have examples of all of them. */
export const pods: ExampleBlock = {
  plain: {},
  special: {
    'scheduling.priorityClass.name': [
      { value: null, with: { scheduling: { priorityClass: { create: false } } } },
    ],
    dnsPolicy: [{ value: 'None', with: { dnsConfig: { nameservers: ['10.0.0.53'] } } }],
    'serviceAccount.create': [{ value: false, with: { serviceAccount: { name: 'platform-auth' } } }],
    'backup.serviceAccount.create': [
      { value: false, with: { backup: { serviceAccount: { name: 'platform-backup' } } } },
    ],
    'secrets.external.serviceAccount.create': [
      { value: false, with: { secrets: { external: { serviceAccount: { name: 'reader' } } } } },
    ],
  },
};
