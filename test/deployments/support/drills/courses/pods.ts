import type { Course } from '../drill.ts';

/** Two pods, each below its supervisor. A minute of the rules is four seconds, because a busy machine may miss a scrape. */
export const pods: Course = {
  name: 'pods',
  factor: 15,
  pods: 2,
  isSupervised: true,
  drills: [
    {
      cause: 'the process of a pod is killed three times, and its supervisor starts it again',
      alerts: ['AuthPodsRestarting'],
      async begin({ pods: [pod] }) {
        for (let restarts = 0; restarts < 3; restarts += 1) await pod?.crash();
        return () => undefined;
      },
    },
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
