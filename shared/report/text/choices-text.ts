import type { LeftOut } from '../../repair/document/plan.ts';
import { named, rest } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';

/** What waits for a person's choice, and how it is given: told wherever the repair goes on without it. */
export function choicesText(leftOut: readonly LeftOut[]): Line[] {
  const waiting = leftOut.filter(({ reason }) => reason === 'choice');
  const several = new Set(leftOut.map(({ flowId }) => flowId)).size > 1;
  // Which of two mappings is asked alike of all flows; which import, of each flow for itself.
  const alike = [...Map.groupBy(waiting, (one) => optionsOf(one)).values()];
  return [
    ...named(alike).flatMap((all) => {
      const [first] = all;
      if (first === undefined) return [];
      const of = all.length > 1 ? ` of ${all.length} flows` : several ? ` of flow ${visible(first.flowId)}` : '';
      return [
        [
          span(`○ left out: ${visible(first.rule)}${of}: ${visible(first.why)}`, 'note'),
          // What was chosen can be declined by a finding that offers nothing.
          span(first.options.length > 0 ? `  ${optionsOf(first)}` : '', 'dim'),
        ] satisfies Line,
      ];
    }),
    ...rest(alike.length, 'choices: in the plan, as JSON'),
  ];
}

/** All that can be chosen in one finding: `--choose mappings-differ=child|master`. */
function optionsOf({ rule, options }: LeftOut): string {
  return choiceOption(rule, ...options.map(({ value }) => value));
}

/** The option of the command line that makes a choice: `--choose mappings-differ=child`. */
export function choiceOption(rule: string, ...values: readonly string[]): string {
  return `--choose ${visible(rule)}=${values.map((value) => visible(value)).join('|')}`;
}
