import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { readFlow, readFlows } from '../../shared/diagnose/read/read-flow.ts';
import type { Session } from '../../shared/session.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let session: Session;
let ids: string[];

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = [stuckFlow(variant), ...fleet(variant, new Date())];
    ids = flows.flatMap(({ child }) => (child ? [String(child.flow_id)] : []));
    return flows;
  });
  session = await install.session();
});
afterAll(() => install.close());

test('many flows are read as each alone, in one statement, but for what only a person is shown', async () => {
  const many = await readFlows(session.reader, session, [...ids, '00000000-0000-4000-8000-000000000000']);
  expect(many.map(({ row }) => row.flow_id).sort()).toEqual([...ids].sort());
  for (const facts of many) {
    const alone = await readFlow(session.reader, session, facts.row.flow_id);
    const planned = ({ row, rules, mappings, images, imports, rawLinks }: typeof facts) => ({
      row: { ...row, idle_hours: null },
      rules,
      mappings,
      images,
      rawLinks,
      imports: imports
        .filter((one) => one.linked || one.named_by_key || one.named_in_name || one.named_in_persistence)
        .map(({ id, link, linked, same_tenant, rivals, ended_owner, image }) => [
          id,
          link,
          linked,
          same_tenant,
          rivals,
          ended_owner,
          image,
        ]),
    });
    expect(planned(facts)).toEqual(planned(alone));
  }
});
