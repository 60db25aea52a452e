import type { Course } from '../drill.ts';

/** Two pods. A minute of the rules is four seconds, because a busy machine may miss a scrape. */
export const pods: Course = {
  name: 'pods',
  factor: 15,
  pods: 2,
  drills: [
    {
      cause: 'one of two pods ends and is still a target',
      alerts: ['AuthServiceTargetDown'],
      without: ['AuthServiceDown', 'AuthScrapeLabelsUnexpected'],
      async begin({ pods: [, pod] }) {
        await pod?.kill();
        return () => pod?.start();
      },
    },
    {
      cause: 'Prometheus scrapes both pods under the job of another name',
      alerts: ['AuthScrapeLabelsUnexpected'],
      without: ['AuthServiceDown', 'AuthNoTraffic'],
      async begin({ scrape, targets }) {
        scrape(
          targets.map((target) => ({ ...target, labels: { ...target.labels, job: 'monitoring/auth' } })),
        );
        return () => scrape(targets);
      },
    },
    {
      cause: 'both pods end and are still targets',
      alerts: ['AuthServiceDown'],
      without: ['AuthScrapeLabelsUnexpected'],
      async begin({ pods: both }) {
        await Promise.all(both.map((pod) => pod.kill()));
        return async () => void (await Promise.all(both.map((pod) => pod.start())));
      },
    },
    {
      cause: 'both pods are deleted and are no longer targets',
      alerts: ['AuthServiceDown'],
      without: ['AuthScrapeLabelsUnexpected'],
      async begin({ scrape, targets }) {
        scrape([]);
        return () => scrape(targets);
      },
    },
  ],
};
