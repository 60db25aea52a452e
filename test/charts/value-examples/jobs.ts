import type { ExampleBlock } from './example.ts';

const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

/** A bucket instead of a volume, with credentials in a file. */
const bucket = {
  backup: {
    claim: null,
    remote: 'store:auth-backups/production',
    hasRcloneFile: true,
    egress: [{ peers: [{ cidr: '192.0.2.0/24' }], port: 443 }],
  },
};

export const backup: ExampleBlock = {
  with: { backup: { enabled: true, claim: 'auth-backups' } },
  plain: {
    'backup.schedule': ['0 */6 * * *'],
    'backup.image.repository': ['registry.example.com/auth-backup'],
    'backup.image.tag': ['2.1.0'],
    'backup.image.digest': [`sha256:${'0b'.repeat(32)}`],
    'backup.claim': ['other-claim'],
    'backup.podLabels': [{ team: 'identity' }],
    'backup.secretName': ['backup-keys'],
    'backup.ageRecipients': [[recipient]],
    'backup.keep': [1, 1_000],
    'backup.keepDays': [1, 3_650],
    'backup.deadlineMinutes': [1, 1_440],
    'backup.resources.requests.cpu': ['100m'],
    'backup.resources.requests.memory': ['192Mi'],
    'backup.resources.requests.ephemeralStorage': ['32Mi'],
    'backup.resources.limits.cpu': ['2'],
    'backup.resources.limits.memory': ['1Gi'],
    'backup.resources.limits.ephemeralStorage': ['1Gi'],
    'backup.restore.archive': ['2026-11-27T02-41-00Z.backup'],
    'backup.restore.alsoRevoke': [['a1b2']],
    'backup.restore.secretName': ['restore-keys'],
    'backup.drill.schedule': ['0 6 1 * *'],
  },
  special: {
    'backup.enabled': [{ value: false }],
    'backup.claim': [{ value: null, with: bucket }],
    'backup.remote': [{ value: 'store:auth-backups/production', with: bucket }],
    'backup.rclone': [{ value: { RCLONE_CONFIG_STORE_TYPE: 's3' }, with: bucket }],
    'backup.hasRcloneFile': [{ value: true, with: bucket }],
    'backup.egress': [{ value: [{ peers: [{ cidr: '192.0.2.0/24' }], port: 443 }], with: bucket }],
    'backup.identity': [
      { value: 'arn:aws:iam::210987654321:role/backup', clouds: ['eks'], with: bucket },
      { value: 'backup@my-project-1.iam.gserviceaccount.com', clouds: ['gke'], with: bucket },
      { value: '11111111-1111-4111-8111-111111111111', clouds: ['aks'], with: bucket },
    ],
  },
};

export const administrator: ExampleBlock = {
  with: { administrator: { email: 'jane@example.com', username: 'jane.doe' } },
  plain: {
    'administrator.email': ['root@example.com'],
    'administrator.username': ['root.user'],
    'administrator.secretName': ['first-administrator'],
    'administrator.resources.requests.cpu': ['100m'],
    'administrator.resources.requests.memory': ['192Mi'],
    'administrator.resources.requests.ephemeralStorage': ['32Mi'],
    'administrator.resources.limits.cpu': ['1'],
    'administrator.resources.limits.memory': ['512Mi'],
    'administrator.resources.limits.ephemeralStorage': ['128Mi'],
  },
  special: {
    'administrator.email': [{ value: null, with: { administrator: { username: null } } }],
    'administrator.username': [{ value: null, with: { administrator: { email: null } } }],
  },
};
