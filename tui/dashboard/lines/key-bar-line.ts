import { type Action, type ActionId, actions, type Line, span } from '../../../shared/index.ts';
import { canWiden, isAskedFor, isWritten, runOf, UNLOCK_KEY } from '../keys/command.ts';
import { GO_ON_KEY, PACE_KEYS } from '../keys/many-keys.ts';
import { fitted, widthOf } from '../screen/fit.ts';
import { flowAtHand, type State, situationOf } from '../state/state.ts';
import { messages } from '../words/messages.ts';

interface Item {
  readonly key: string;
  readonly word: string;
}

/** The order in which a tired person needs them. */
const ORDER: readonly ActionId[] = [
  'apply',
  'preview',
  'resume',
  'watch',
  'undo',
  'applyMany',
  'plan',
  'diagnose',
  'scan',
];
/** What leaves the bar where it does not fit, first to last. The help still has it. */
const DROPPED: readonly string[] = [
  ...(['scan', 'diagnose', 'plan', 'applyMany'] as const).map((id) => actions[id].key),
  'Enter',
  'j k',
  actions.watch.key,
  '/',
];

const PACE = Object.values(PACE_KEYS).join(' ');

/** The keys that do something now, and nothing else. */
export function keyBarLine(state: State, width: number): Line {
  let items = itemsOf(state);
  for (const key of DROPPED) {
    if (widthOf(lineOf(items)) <= width) break;
    items = items.filter((item) => item.key !== key);
  }
  return fitted(lineOf(items), width);
}

function itemsOf(state: State): Item[] {
  const { keyMore, answerKeys, filterKeys, manyKeys } = messages;
  const back = { key: 'Esc', word: keyMore.back };
  const scroll = { key: 'j k', word: keyMore.scroll };
  const quit = { key: 'q', word: keyMore.quit };
  if (state.typing) {
    return [
      { key: 'Enter', word: isAskedFor(state) ? filterKeys.ask : filterKeys.keep },
      { key: 'Esc', word: filterKeys.clear },
      { key: '↓ ↑', word: filterKeys.move },
    ];
  }
  if (state.help) return [back];
  if (state.answer) return [{ key: 'Enter', word: answerKeys.next }, back];
  if (state.panel?.kind === 'choice') {
    return [{ key: '1-9', word: answerKeys.pick }, { key: '0', word: answerKeys.leave }, back, scroll];
  }
  const { panel } = state;
  if (panel?.kind === 'rules') {
    return [{ key: 'Enter', word: manyKeys.choose }, { key: 'j k', word: manyKeys.move }, back];
  }
  if (panel?.kind === 'mending') {
    const pause = { key: 'p', word: panel.mending.wish === 'pause' ? manyKeys.goOn : manyKeys.pause };
    const end = { key: 'x', word: manyKeys.end };
    const help = { key: '?', word: keyMore.help };
    if (panel.mending.asks)
      return [{ key: GO_ON_KEY, word: manyKeys.goOn }, { key: 'n', word: manyKeys.endHere }, help];
    return panel.mending.wish === 'stop' ? [help] : [pause, end, help];
  }
  if (state.panel?.kind === 'question' && state.panel.question.kind === 'unlock') {
    return [
      { key: UNLOCK_KEY, word: answerKeys.unlock },
      { key: 'n', word: answerKeys.no },
    ];
  }
  if (state.panel?.kind === 'question') {
    const all = canWiden(state.panel.question) ? [{ key: 'a', word: answerKeys.all }] : [];
    const run = runOf(state.panel.question) === undefined ? [] : [{ key: 'A', word: answerKeys.run }];
    const pace = state.panel.question.kind === 'applyMany' ? [{ key: PACE, word: manyKeys.set }] : [];
    return [{ key: 'y', word: answerKeys.yes }, ...all, ...run, { key: 'n', word: answerKeys.no }, ...pace, scroll];
  }
  const here = state.panel
    ? [back, scroll]
    : [
        { key: 'Enter', word: isAskedFor(state) && !state.selected ? filterKeys.ask : keyMore.enter },
        { key: '/', word: keyMore.filter },
      ];
  const list =
    panel?.kind === 'many mended' && panel.ended.failed.length > 0 ? [{ key: 'w', word: manyKeys.list }] : [];
  const takesBack =
    panel?.kind === 'many mended' && isWritten(panel.ended) ? [{ key: actions.undo.key, word: manyKeys.undoRun }] : [];
  return [
    ...takesBack,
    ...list,
    ...offeredItems(state),
    ...here,
    { key: '?', word: keyMore.help },
    ...(panel ? [] : [quit]),
  ];
}

function offeredItems(state: State): Item[] {
  const situation = situationOf(state);
  const steps = situation.diagnosis?.recommended ?? [];
  const count = (action: string) => steps.filter((step) => step.action === action).length;
  const mends = count('apply') || count('choose');
  return ORDER.flatMap((id) => {
    const { key, word, on, offered }: Action = actions[id];
    if (key === null || !offered(situation) || (on !== 'fleet' && !flowAtHand(state))) return [];
    return { key, word: id === 'apply' ? `${word} ${mends}` : word };
  });
}

function lineOf(items: readonly Item[]): Line {
  return items.flatMap(({ key, word }, index) => [span(`${index === 0 ? '' : '  '}${key}`, 'title'), span(` ${word}`)]);
}
