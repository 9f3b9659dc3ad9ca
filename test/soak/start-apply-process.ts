import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own, ready to apply the plan that it is sent. */
export async function startApplyProcess(environment: Record<string, string>): Promise<ChildProcess> {
  const child = fork('test/soak/apply-process.ts', { env: { ...process.env, ...environment } });
  await once(child, 'message');
  return child;
}
