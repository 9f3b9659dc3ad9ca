import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,database,tui,soak}/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/build.ts', 'test/support/postgres-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and the PostgreSQL server wants one of them.
    maxWorkers: 2,
  },
});
