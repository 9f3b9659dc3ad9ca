import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';
import { configurationNotices } from '../../settings/configuration-notices.ts';

/**
 * A fleet of which nothing is asked is not healthy.
 * @throws Failure `nothing-asked`
 */
export function checkAsked({ rules, settings }: Pick<Session, 'rules' | 'settings'>): void {
  if (rules.asked.length > 0) return;
  const [why] = configurationNotices(settings.configuration);
  throw new Failure('nothing-asked', 'Nothing was asked: no rule is left that could be.', {
    next: why ? `${why}.` : 'This role may not read what the rules rest on.',
  });
}
