import type { TestProject } from 'vitest/node';
import { serverOf } from './postgres-server.ts';

/** Vitest's global set-up of the tests that are run once more on the oldest release of PostgreSQL that is served. */
export default (project: TestProject) => serverOf(project, 'oldest');
