import type { TestProject } from 'vitest/node';
import { serverOf } from './postgres-server.ts';

/** Vitest's global set-up of nearly all tests. */
export default (project: TestProject) => serverOf(project, 'newest');
