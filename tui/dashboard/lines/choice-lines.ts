import { type LeftOut, type Line, span, visible } from '../../../shared/index.ts';
import { messages } from '../words/messages.ts';

const MAX_KEYS = 9;

/** What only a person can decide, and what there is to pick from. */
export function choiceLines({ rule, why, options }: LeftOut): Line[] {
  return [
    [span(messages.leftOut(visible(rule), visible(why)), 'title')],
    [span(messages.pick)],
    ...options
      .slice(0, MAX_KEYS)
      .flatMap(({ value, about }, index): Line[] => [
        [span(messages.option(index + 1, visible(value)), 'note')],
        [span(`   ${visible(about, 400)}`, 'dim')],
      ]),
    ...(options.length > MAX_KEYS ? [[span(messages.morePicks, 'dim')]] : []),
  ];
}
