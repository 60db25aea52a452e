import type { Broken } from './cloud-run-malformed.ts';

const service = 'service.yaml';
const migrate = 'migrate-job.yaml';
const purge = 'purge-job.yaml';
const monitoring = 'run-monitoring.yaml';

/** The same for size, scaling, network, identity and volumes. */
export const unwiseResources: readonly Broken[] = [
  [
    'a misspelled annotation',
    service,
    'cpu-boost',
    'cpu-bost',
    'service.yaml: annotation run.googleapis.com/startup-cpu-bost is not known, and would have no effect [annotation]',
  ],
  [
    'a way in that does not exist',
    service,
    'internal-and-cloud-load-balancing',
    'internal-and-load-balancing',
    'service.yaml: annotation run.googleapis.com/ingress does not accept internal-and-load-balancing [annotation]',
  ],
  [
    'half a CPU',
    migrate,
    'cpu: "1"',
    'cpu: 500m',
    'migrate-job.yaml: cpu 500m must be 1, 2, 4, 6 or 8 [size]',
  ],
  [
    'too little memory',
    purge,
    'memory: 512Mi',
    'memory: 256Mi',
    'purge-job.yaml: memory 256Mi must be between 0.5Gi and 4Gi with 1 CPUs [size]',
  ],
  [
    'a job without a way to Postgres',
    migrate,
    '        run.googleapis.com/network-interfaces: \'[{"network":"auth","subnetwork":"auth-run","tags":["auth-service"]}]\'\n',
    '',
    'migrate-job.yaml: 0 ways into the VPC; exactly one of network-interfaces and vpc-access-connector leads to Postgres and Redis [network]',
  ],
  [
    'the default account',
    purge,
    'auth-service@your-project.iam.gserviceaccount.com',
    '123456789012-compute@developer.gserviceaccount.com',
    'purge-job.yaml: 123456789012-compute@developer.gserviceaccount.com is not a service account of a project; the default account may do far more than the service needs [identity]',
  ],
  [
    'a migration with the account of the service',
    migrate,
    'auth-service-migrate@',
    'auth-service@',
    'migrate-job.yaml: auth-service@your-project.iam.gserviceaccount.com is the account of the service too, which could then read db-owner-url [identity]',
  ],
  [
    'a mount without its volume',
    service,
    '        - name: run-monitoring\n          secret:',
    '        - name: monitoring\n          secret:',
    'service.yaml: volume run-monitoring is mounted and not declared [volume]',
  ],
  [
    'a least number of instances over the greatest',
    service,
    'maxScale: "10"',
    'maxScale: "1"',
    'service.yaml: minScale 2 is greater than maxScale 1 [scaling]',
  ],
  [
    'a service that sleeps without requests',
    service,
    'cpu-throttling: "false"',
    'cpu-throttling: "true"',
    'service.yaml: cpu-throttling must be false: revocations and connection pools work between requests too [background]',
  ],
  [
    'the first execution environment',
    service,
    'gen2',
    'gen1',
    'service.yaml: execution-environment must be gen2, which has the whole system call interface of Linux [execution-environment]',
  ],
  [
    'a part of the traffic that goes nowhere',
    service,
    'percent: 100',
    'percent: 90',
    'service.yaml: the parts of the traffic are 90 % together [traffic]',
  ],
  [
    'a collector that scrapes the public port',
    monitoring,
    'port: 9464',
    'port: 8000',
    'run-monitoring.yaml: scrapes port 8000 and /metrics instead of 9464 and /metrics [metrics]',
  ],
];
