import sql from 'sql-template-tag';
import { column, tableIdent } from '../database/identifier.ts';
import { asFailure, Failure } from '../failure.ts';
import { type IdRange, parseIdPrefix } from '../flow/flow-id.ts';
import { models } from '../flow/models.ts';
import { type Session, sessionFor } from '../session.ts';

/**
 * The session for the kind of flow that a person named by its id or a prefix of it: the given one where it holds such a
 * flow or where the settings name a kind, else the one of the kind that does. Where no kind does, the given one: its
 * diagnosis says that there is no such flow.
 * @throws Failure `malformed-id`; `ambiguous-id` where flows of several kinds begin so; the connection's
 */
export async function sessionOfFlow<S extends Session>(session: S, typed: string): Promise<S> {
  const range = parseIdPrefix(typed);
  if (session.settings.kind !== undefined) return session;
  const own = await holds(session, range);
  // A whole id is one flow's.
  if (own && range.from === range.to) return session;
  const others = await Promise.all(
    models.filter((model) => model.kind !== session.model.kind).map((model) => sessionIfHere(session, model)),
  );
  const holding = own ? [session] : [];
  for (const other of others) if (other && (await holds(other, range))) holding.push(other);
  if (holding.length > 1) {
    const kinds = holding.map(({ model }) => model.kind);
    throw new Failure('ambiguous-id', `"${typed.trim()}" begins the ids of ${kinds.join(' and ')} flows.`, {
      next: 'Give more digits, or say which kind with --kind or FLOWMEND_KIND.',
    });
  }
  return holding[0] ?? session;
}

async function holds({ reader, catalog, model }: Session, { from, to }: IdRange): Promise<boolean> {
  const flowId = column('c', model.child.columns.flowId);
  const rows = await reader.read(sql`
    select from ${tableIdent(catalog.child)} c where ${flowId} between ${from}::uuid and ${to}::uuid limit 1`);
  return rows.length > 0;
}

/** Undefined where this install has no flows of the kind, or none that this role can judge. */
async function sessionIfHere<S extends Session>(session: S, model: Session['model']): Promise<S | undefined> {
  try {
    return await sessionFor(session, model);
  } catch (thrown) {
    const { code } = asFailure(thrown);
    if (code === 'wrong-schema' || code === 'no-rights') return undefined;
    throw thrown;
  }
}
