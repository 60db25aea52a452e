/** One thing that is wrong with the values, and where: `autoscaling.minReplicas`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}
