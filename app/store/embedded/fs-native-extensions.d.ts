declare module 'fs-native-extensions' {
  /** Requests an exclusive lock on the open file. @returns false when another open file has the lock */
  export function tryLock(fd: number): boolean;
}
