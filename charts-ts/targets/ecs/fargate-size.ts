import { bytes, millicpu } from '../../values/formats.ts';

/** CPU units and MiB, as Fargate sells them. */
export interface FargateSize {
  readonly cpu: number;
  readonly memoryMib: number;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => (from + index) * 1_024);

/** Sizes of memory in MiB for each number of CPU units. */
export const fargateMemory: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1_024, 2_048]],
  [512, range(1, 4)],
  [1_024, range(2, 8)],
  [2_048, range(4, 16)],
  [4_096, range(8, 30)],
]);

/** The size of a task. 1,024 CPU units are one CPU. */
export function fargateSize(limits: { readonly cpu: string; readonly memory: string }): FargateSize {
  return {
    cpu: Math.round((millicpu(limits.cpu) * 1_024) / 1_000),
    memoryMib: bytes(limits.memory) / 2 ** 20,
  };
}

/** What Fargate would refuse about a size. */
export function sizeFault({ cpu, memoryMib }: FargateSize): string | undefined {
  const sizes = fargateMemory.get(cpu);
  if (!sizes)
    return `Fargate has no task with ${cpu} CPU units, only with ${[...fargateMemory.keys()].join(', ')}`;
  if (sizes.includes(memoryMib)) return undefined;
  return `Fargate gives a task with ${cpu} CPU units ${sizes.join(', ')} MiB of memory, not ${memoryMib}`;
}
