import { type Action, type ActionId, actions, type Line, span } from '../../../shared/index.ts';
import { fitted, widthOf } from '../fit.ts';
import { messages } from '../messages.ts';
import { type State, situationOf } from '../state.ts';

/** The order in which a tired person needs them; the first two of the rest are done without being asked. */
const ORDER: readonly ActionId[] = ['apply', 'preview', 'resume', 'watch', 'undo', 'plan', 'diagnose', 'scan'];
/** Leave the bar first where the terminal is narrow. */
const LEAST: readonly ActionId[] = ['scan', 'diagnose', 'plan'];

/** The keys that do something now, and nothing else. */
export function keyBarLine(state: State, width: number): Line {
  const { keyMore, answerKeys } = messages;
  if (state.panel?.kind === 'question' && !state.help) {
    return bar([key('y', answerKeys.yes), key('n', answerKeys.no), key('j k', keyMore.scroll)], width);
  }
  if (state.help) return bar([key('Esc', keyMore.back), key('q', keyMore.quit)], width);
  const rest = state.panel
    ? [key('Esc', keyMore.back), key('j k', keyMore.scroll)]
    : [key('Enter', keyMore.enter), key('/', keyMore.filter)];
  const last = [...rest, key('?', keyMore.help), key('q', keyMore.quit)];
  const situation = situationOf(state);
  const offered = ORDER.filter((id) => (actions[id] as Action).offered(situation));
  for (const dropped of [0, 1, 2, 3]) {
    const kept = offered.filter((id) => !LEAST.slice(0, dropped).includes(id));
    const line = [...kept.map((id) => actionKey(id, state)), ...last].flat();
    if (widthOf(line) <= width || dropped === LEAST.length) return fitted(line, width);
  }
  return [];
}

function actionKey(id: ActionId, state: State): Line {
  const action: Action = actions[id];
  const mends = situationOf(state).diagnosis?.recommended.filter((step) => step.action === 'apply').length ?? 0;
  return key(action.key ?? '', id === 'apply' ? `${action.word} ${mends}` : action.word);
}

function key(name: string, word: string): Line {
  return [span(name, 'title'), span(` ${word}  `)];
}

function bar(keys: readonly Line[], width: number): Line {
  return fitted(keys.flat(), width);
}
