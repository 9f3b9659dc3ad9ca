import { type BrokenRules, severityMarks } from '../../shared/index.ts';
import { pick } from '../say/pick.ts';

/** Which rule's flows are meant; `rules` is undefined where it is all that can be mended. Undefined: the person turned away. */
export async function pickRule({
  rules,
  flows,
}: BrokenRules): Promise<{ rules: readonly string[] | undefined } | undefined> {
  const each = rules.map((one) => ({
    label: `${severityMarks[one.severity].glyph} ${one.rule}`,
    description: counted(one.flows),
    detail: one.title,
    rules: [one.rule],
  }));
  const all = { label: 'Any of these rules', description: counted(flows), detail: '', rules: undefined };
  return pick(each.length > 1 ? [...each, all] : each, {
    title: 'Flowmend: mend every flow that breaks which rule?',
    placeHolder: 'The next step shows which flows, and what would be written',
  });
}

function counted(flows: number): string {
  return `${flows.toLocaleString('en-US')} ${flows === 1 ? 'flow' : 'flows'}`;
}
