import { z } from 'zod';

/** checks/check-jobs.ts checks the schedule as the API server of Kubernetes does. */
export const schedule = z.string().min(1);

/** By the name of the zone. The values of every cloud name the same few, and a formatter is slow to create. */
const zones = new Map<string, boolean>();

/** The name of a zone as the tz database writes it. The API server looks for a file of that name, upper and lower case included. */
function isTzName(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    return known === text || known.toLowerCase() !== text.toLowerCase();
  } catch {
    return false;
  }
}

function isTimeZone(text: string): boolean {
  const isKnown = zones.get(text) ?? isTzName(text);
  zones.set(text, isKnown);
  return isKnown;
}

const timeZone = z
  .string()
  .refine(isTimeZone, 'must be a name of the tz database such as Etc/UTC or Europe/Berlin');

/** How a Job ends, in the fields of Kubernetes. */
export const jobFields = {
  activeDeadlineSeconds: z.int().min(1),
  backoffLimit: z.int().min(0),
  ttlSecondsAfterFinished: z.int().min(0).optional(),
};

/** When a CronJob runs and which of its Jobs remain, in the fields of Kubernetes. */
export const cronFields = {
  schedule,
  timeZone,
  suspend: z.boolean(),
  // The controller looks every 10 seconds, so that a shorter time would miss runs.
  startingDeadlineSeconds: z.int().min(10),
  successfulJobsHistoryLimit: z.int().min(0),
  failedJobsHistoryLimit: z.int().min(0),
};
