type Undo = () => Promise<void> | void;

/** Stops and removes in reverse order what a scenario started and created. On SIGINT, every list runs. */
export interface Cleanup {
  add(undo: Undo): void;
  run(): Promise<void>;
}

const open = new Set<Cleanup>();

export function createCleanup(): Cleanup {
  const undos: Undo[] = [];
  const cleanup: Cleanup = {
    add: (undo) => {
      undos.push(undo);
    },
    async run() {
      open.delete(cleanup);
      for (const undo of undos.splice(0).reverse()) {
        try {
          await undo();
        } catch (error) {
          process.stderr.write(`cleaning up: ${String(error)}\n`);
        }
      }
    },
  };
  open.add(cleanup);
  return cleanup;
}

export async function cleanUpAll(): Promise<void> {
  await Promise.all([...open].map((cleanup) => cleanup.run()));
}
