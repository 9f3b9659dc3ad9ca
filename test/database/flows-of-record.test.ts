import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { STUCK_FLOW_ID, STUCK_IMPORT_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Session } from '../../shared/session.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

describe.each(['id', 'flow_id'] as const)(
  'imports linked by the %s of the master: who gives the id of a record for a flow',
  (linkTarget) => {
    const variant: InstallVariant = { schema: 'migration', linkTarget, statusCheck: false };
    const named = flow(variant, WAITING);
    const inName = stuckFlow(variant);
    const notNamed = flow(variant, but(WAITING, { child: { data_import_id: null } }));
    let install: Install;
    let session: Session;
    beforeAll(async () => {
      install = await makeInstall('PostgreSQL', () => [named, notNamed, inName], variant);
      session = await install.session();
    });
    afterAll(() => install.close());
    const next = (id: unknown) =>
      diagnose(session, String(id)).then(
        () => 'a diagnosis',
        (failure) => `${failure.code}: ${failure.next}`,
      );

    test.each([
      ['child record', named.child?.id, named],
      ['master record', named.master?.id, named],
      ['data import', named.importId, named],
      ['data import', notNamed.importId, notNamed],
    ])('%s: is told which flow it is of', async (record, id, { flowId }) => {
      expect(await next(id)).toBe(`unknown-flow: It is the id of the ${record} of flow ${flowId}: give that one.`);
    });

    test('data import that only the name of its flow holds: is told too', async () => {
      expect(await next(STUCK_IMPORT_ID)).toBe(
        `unknown-flow: It is the id of the data import of flow ${STUCK_FLOW_ID}: give that one.`,
      );
    });

    test('of none: is told where the ids are', async () => {
      expect(await next(randomUUID())).toMatch(/^unknown-flow: Run `flowmend scan --all`/);
    });
  },
);
