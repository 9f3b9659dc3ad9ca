import { flow, type Overrides } from './flow.ts';
import { type Install, makeInstall } from './install.ts';

/** An install with one flow. */
export async function installOf(overrides: Overrides): Promise<{ install: Install; flowId: string }> {
  let flowId = '';
  const install = await makeInstall('PostgreSQL', (variant) => {
    const rows = flow(variant, overrides);
    flowId = rows.flowId;
    return [rows];
  });
  return { install, flowId };
}
