import type { Readable } from 'node:stream';

export interface StoredFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** A file of the target that is being read. */
export interface FileRead {
  readonly stream: Readable;
  /** Resolves when the whole file has been read. The stream may end before an error is known. */
  readonly finished: Promise<void>;
}

/** A place for backups: a folder, or a bucket. File names contain no slash. */
export interface BackupTarget {
  readonly kind: 'folder' | 'rclone';
  list(): Promise<readonly StoredFile[]>;
  read(name: string): FileRead;
  /**
   * Writes a new file from the stream.
   * @throws Error when the target cannot be written, or a file of this name exists. What was written is removed, as far
   *   as the target allows
   */
  write(name: string, source: Readable): Promise<void>;
  remove(name: string): Promise<void>;
}
