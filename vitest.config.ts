import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    // A hang is to be told, and a machine five times slower than ours is none.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores, and the PostgreSQL server wants one of them.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'newest PostgreSQL',
          include: ['test/{database,tui,soak}/**/*.test.{ts,tsx}'],
          globalSetup: ['test/support/newest-postgres.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: "the platform's PostgreSQL",
          include: [
            'test/database/{any-install,apply,apply-many,assessment,catalog,custom-rules,diagnosis-sections}.test.ts',
            'test/database/{export,golden-case,install-code,journal-shapes,locate,scan,undo-of-many,views}.test.ts',
          ],
          globalSetup: ['test/support/platform-postgres.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'oldest PostgreSQL',
          include: ['test/database/{apply,golden-case,scan,unpackable-json}.test.ts'],
          globalSetup: ['test/support/oldest-postgres.ts'],
        },
      },
    ],
  },
});
