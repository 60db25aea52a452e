/** The images of the stack, with their versions. */
export const images = {
  postgres: 'postgres:16.14',
  redis: 'redis:7.4.9',
  kong: 'kong:3.9.1',
  mail: 'axllent/mailpit:v1.31.0',
  prometheus: 'prom/prometheus:v3.5.0',
  // As in the Dockerfile.
  node: 'node:24.21.0-bookworm-slim',
} as const;
