import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,database,tui,soak}/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/build.ts', 'test/support/postgres-server.ts'],
    // A hang is to be told, and a machine five times slower than ours is none.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores, and the PostgreSQL server wants one of them.
    maxWorkers: 2,
  },
});
