import { afterEach, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Install } from '../support/install.ts';
import { installOf } from '../support/one-flow.ts';

let install: Install;
afterEach(() => install.close());

test.each([
  ['before the flow', 60, 'for'],
  ['before the flow', 61, 'against'],
  ['after the flow', 60, 'for'],
  ['after the flow', 61, 'against'],
] as const)(
  'an import that the flow does not name, made %s by %d min: it speaks %s it',
  async (side, minutes, speaks) => {
    const made = Date.now() - 86_400_000;
    const apart = minutes * 60_000 * (side === 'after the flow' ? 1 : -1);
    const { flowId, ...rest } = await installOf({
      child: { data_import_id: null, created_at: new Date(made).toISOString() },
      import: { created_at: new Date(made + apart).toISOString() },
    });
    install = rest.install;
    const { diagnosis } = await diagnose(await install.session(), flowId);
    expect(diagnosis.import?.candidates[0]?.evidence).toContainEqual({
      speaks,
      text: `created ${minutes} min apart from the flow`,
    });
  },
);
