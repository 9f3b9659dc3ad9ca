import { defineConfig, mergeConfig } from 'vitest/config';
import ordinary from './vitest.config.ts';

/** The proofs at their full counts; the ordinary configuration runs each a few times. */
export default mergeConfig(
  ordinary,
  defineConfig({ test: { env: { FLOWMEND_SOAK: 'full' }, fileParallelism: false } }),
);
