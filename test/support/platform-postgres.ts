import type { TestProject } from 'vitest/node';
import { serverOf } from './postgres-server.ts';

/** Vitest's global set-up of the tests that are run once more on the release of PostgreSQL that the platform has. */
export default (project: TestProject) => serverOf(project, 'platform');
