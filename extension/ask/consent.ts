import { type Consent, connectionName, type Session } from '../../shared/index.ts';
import { askBeside } from '../say/ask-beside.ts';
import { typed } from '../say/pick.ts';

/**
 * Asks before a write, beside what would be written; on a production connection also for a reason and for the name of it,
 * typed. Undefined where the person turns away.
 * @param verb what the button says
 */
export async function askConsent(
  session: Session,
  verb: string,
  title: string,
  detail: string,
): Promise<Consent | undefined> {
  return (await askBeside({ title, detail, verbs: [verb] })) ? typedConsent(session) : undefined;
}

/** What has to be typed once a person agreed: nothing, or on a production connection a reason and its name. */
export async function typedConsent({ settings }: Session): Promise<Consent | undefined> {
  if (!settings.production) return {};
  const name = connectionName(settings);
  const reason = await typed({
    title: `Flowmend: ${name} is production (1 of 2)`,
    prompt: 'Why, for the journal',
  });
  if (!reason?.trim()) return undefined;
  const answer = await typed({
    title: `Flowmend: ${name} is production (2 of 2)`,
    prompt: `Type its name, ${name}, to go on`,
    validateInput: (text) => (text === '' || text === name ? undefined : `That is not its name: ${name}`),
  });
  return answer === name ? { reason, name } : undefined;
}

/** Where another server made the receipt: whether the person means this copy. */
export async function copyIsMeant(server: string): Promise<boolean> {
  const detail = `It was written on another server (system identifier ${server}): this database may be a restored copy.`;
  const asked = { title: 'Take it back here all the same', detail, verbs: ['This Copy Is Meant'] };
  return (await askBeside(asked)) !== undefined;
}
