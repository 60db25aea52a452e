/** One thing that is wrong with the values, and where: `autoscaling.minReplicas`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export const fault = (path: string, message: string): Fault => ({ path, message });
