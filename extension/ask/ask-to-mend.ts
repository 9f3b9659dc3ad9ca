import {
  type Consent,
  DEFAULT_PACE,
  journalNotice,
  journalPlace,
  type ManyPreview,
  type ManyProgress,
  type Pace,
  type Plan,
  type WriteSession,
  wayBackOfMany,
} from '../../shared/index.ts';
import { askBeside } from '../say/ask-beside.ts';
import { typedConsent } from './consent.ts';
import { paceWords, pickPace } from './pick-pace.ts';

const APPLY = 'Apply';
const CHANGE_PACE = 'Change the Pace';

/**
 * Asks before many flows are written, beside their plan; the pace of the run can be changed before the answer. Undefined where
 * the person turns away.
 */
export async function askToMend(
  session: WriteSession,
  plan: Plan,
  trial: ManyPreview,
  title: string,
): Promise<(Consent & Pace) | undefined> {
  const journal = journalNotice(await journalPlace(session, plan));
  const said = wayBackOfMany(trial);
  const tried = ` ${said.length > 0 ? said.join('; ') : 'Its undo was tried out too: it restores every column that is written'}.`;
  for (let pace = DEFAULT_PACE; ; ) {
    const does = `Writes to ${session.settings.database.label} batch by batch: ${paceWords(pace, plan.flows.length)}. Each batch is one transaction.${tried}`;
    const detail = [does, journal].filter(Boolean).join(' ');
    const answer = await askBeside({ title, detail, verbs: [APPLY, CHANGE_PACE] });
    if (answer === undefined) return undefined;
    if (answer === APPLY) {
      const consent = await typedConsent(session);
      return consent && { ...consent, ...pace };
    }
    pace = await pickPace(pace);
  }
}

const GO_ON = 'Go On';

/** After the flows that are tried first: says how they went, and asks whether the others follow. */
export async function askToGoOn({ applied, failed, left }: ManyProgress): Promise<boolean> {
  const title = `Go on with the other ${left.toLocaleString('en-US')} flows`;
  const detail = `Of the first ${applied + failed.length}, ${applied} are mended and verified, ${failed.length} failed.`;
  return (await askBeside({ title, detail, verbs: [GO_ON], away: 'End Here' })) === GO_ON;
}
