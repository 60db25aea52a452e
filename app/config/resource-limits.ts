import type { Machine } from './cgroup.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

const clamp = (value: number, min: number, max: number): number =>
  Math.floor(Math.min(max, Math.max(min, value)));

export type ResourceLimits = ReturnType<typeof resourceLimits>;

/**
 * What clients may occupy at most, computed from the limits of the cgroup, so that their sum fits into its memory
 * (ASVS 15.2.2). docs/limits.md lists the formulas.
 */
export function resourceLimits({ cpus, hasCpuQuota, memoryBytes }: Machine) {
  const connections = clamp(memoryBytes / (64 * KiB), 256, 16_384);
  return {
    /** Connections at once. */
    connections,
    /** Connections at once from one address that is not a trusted proxy. */
    connectionsPerAddress: connections / 8,
    /** Bytes of request bodies that have not arrived whole. */
    bodyBytes: clamp(memoryBytes / 32, 4 * MiB, 256 * MiB),
    /** Bytes of responses that their clients have not read yet. */
    unsentBytes: clamp(memoryBytes / 16, 8 * MiB, 512 * MiB),
    /** Exports of personal data at once. */
    exports: clamp(memoryBytes / (32 * MiB), 2, 64),
    /** CPUs of the quota, or null without one. */
    cpuQuota: hasCpuQuota ? cpus : null,
  };
}
