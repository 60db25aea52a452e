/// <reference types="@maxim_mazurok/gapi.client.run-v1" />
import type {
  Container,
  Job,
  RunMonitoring,
  Service,
} from '../../../../charts-ts/targets/cloud-run/resources.ts';

// Compared by the compiler. The types of Google come from the discovery document of the API. They make every field optional and
// accept unknown fields in a variable, so the keys of our schemas are compared with theirs at every level.

/** The keys of `Ours`, at any depth, that `Theirs` does not have. */
type Unknown<Ours, Theirs> = Ours extends readonly (infer Item)[]
  ? Theirs extends readonly (infer Other)[]
    ? Unknown<Item, Other>
    : 'is not a list'
  : Ours extends object
    ? string extends keyof Ours
      ? never
      : {
          [Key in keyof Ours & string]: Key extends keyof Theirs
            ? Unknown<NonNullable<Ours[Key]>, NonNullable<Theirs[Key]>>
            : Key;
        }[keyof Ours & string]
    : never;

/** Every member of a union of ours, each with its own keys. */
type Each<Ours, Theirs> = Ours extends unknown ? Unknown<Ours, Theirs> : never;

type None<Keys extends never> = Keys;

/** Fails to compile for a field that Google does not have. */
export type CheckedService = None<Each<Service, gapi.client.run.Service>>;
export type CheckedJob = None<Each<Job, gapi.client.run.Job>>;
export type CheckedContainer = None<Each<Container, gapi.client.run.Container>>;

/** Fails to compile for a field whose type is another one. */
export const toGoogle = {
  service: (service: Service): gapi.client.run.Service => service,
  job: (job: Job): gapi.client.run.Job => job,
};

// @ts-expect-error The check finds a field that is no field of Google.
export type FoundByTheCheck = None<Each<RunMonitoring, gapi.client.run.Service>>;
