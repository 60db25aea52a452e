/** An object and a patch of it, as YAML. The name of the object does not matter. */
export interface PatchCase {
  readonly title: string;
  readonly object: string;
  readonly patch: string;
}
