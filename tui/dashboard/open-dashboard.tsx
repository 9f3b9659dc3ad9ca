import type { Session } from '../../shared/index.ts';

export async function openDashboard(_options: { session: Session }): Promise<number> {
  return 0;
}
