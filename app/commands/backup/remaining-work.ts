/**
 * What a restore cannot know, because it happened after the backup.
 * @param span.from the time of the backup
 * @param span.to when the restore ended
 */
export function remainingWork(
  { from, to }: { from: Date; to: Date },
  { hasRevokedKeys }: { hasRevokedKeys: boolean },
): string[] {
  const span = `between ${from.toISOString()} and ${to.toISOString()}`;
  return [
    `Whatever happened ${span} is missing in the database. Sessions, reset tokens and device tokens from before the restore are void.`,
    'Restart every replica of the service: until then each counts login attempts and checks device tokens with secrets of the old database.',
    ...(hasRevokedKeys
      ? []
      : [
          `A signing key that was revoked ${span} is accepted again: revoke it now with auth-service keys revoke KID.`,
        ]),
    `Disable, delete and demote again the accounts that were disabled, deleted or lost a role ${span}. The audit log of the old database, or the log of the service, has them.`,
    `Passwords that were changed ${span} are the old ones again. Issue reset links to users whose old password is known to somebody else.`,
    `Users who registered ${span} must register again.`,
    'Login attempts are counted from zero again.',
    'Make a new backup: auth-service backup. Until then auth_last_backup_timestamp_seconds is the time of an older one.',
  ];
}
