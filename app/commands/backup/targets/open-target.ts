import { createFolderTarget } from './folder.ts';
import { createRcloneTarget } from './rclone.ts';
import type { BackupTarget } from './target.ts';

/**
 * `rclone:REMOTE:PATH`, otherwise a folder.
 * @throws Error for a text that looks like a URL or an unknown kind of target
 */
export function openTarget(text: string): BackupTarget {
  if (/^\w+:\/\//.test(text)) {
    throw new Error(`${text.split(':')[0]}:// is not a target; buckets are reached by rclone:REMOTE:PATH`);
  }
  const [, remote] = /^rclone:(.+)$/.exec(text) ?? [];
  if (remote === undefined) return createFolderTarget(text);
  if (!remote.includes(':')) throw new Error('a target of rclone is written rclone:REMOTE:PATH');
  // rclone would read it as an option.
  if (remote.startsWith('-')) throw new Error('the name of a remote does not begin with a hyphen');
  return createRcloneTarget(remote);
}
