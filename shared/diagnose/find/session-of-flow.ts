import sql from 'sql-template-tag';
import { readCatalog } from '../../database/catalog/catalog.ts';
import { Failure } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';
import { type IdRange, parseIdPrefix } from '../../flow/flow-id.ts';
import type { FlowModel } from '../../flow/model.ts';
import { models } from '../../flow/models.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import { type Session, sessionFor } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import { childlessWithin, flowsWithin, type IdsWithin } from './ids-within.ts';

type Kind = Pick<Install, 'model' | 'catalog'>;

/**
 * The session for the kind of flow that a person named by its id or a prefix of it: the given one where it holds such a
 * flow or where the settings name a kind, else the one of the kind that does. Masters without a child count where no kind
 * holds a flow. Where there is none either, the given one: its diagnosis says that there is no such flow.
 * @throws Failure `malformed-id`; `ambiguous-id` where flows of several kinds begin so, or have this id; the connection's
 */
export async function sessionOfFlow<S extends Session>(session: S, typed: string): Promise<S> {
  const range = parseIdPrefix(typed);
  if (session.settings.kind !== undefined) return session;
  const others = await Promise.all(
    models.filter((model) => model.kind !== session.model.kind).map((model) => kindIfHere(session, model)),
  );
  const kinds = [session, ...others.filter((kind) => kind !== undefined)];
  const withFlows = await holding(session, kinds, flowsWithin, range);
  const found = withFlows.length > 0 ? withFlows : await holding(session, kinds, childlessWithin, range);
  if (found.length > 1) throw ofSeveralKinds(found, typed.trim(), range);
  const [model = session.model] = found;
  return model === session.model ? session : await sessionFor(session, model);
}

/** The kinds that have an id in the range, as the primary knows them: a replica may lack the flow yet. */
async function holding(
  { primary }: Session,
  kinds: readonly Kind[],
  ids: IdsWithin,
  range: IdRange,
): Promise<FlowModel[]> {
  const found = await Promise.all(kinds.map((kind) => primary.read(sql`${ids(kind, range)} limit 1`)));
  return kinds.filter((_, index) => (found[index]?.length ?? 0) > 0).map(({ model }) => model);
}

function ofSeveralKinds(found: readonly FlowModel[], typed: string, { from, to }: IdRange): Failure {
  const kinds = found.map(({ kind }) => kind).join(' and ');
  return from === to
    ? new Failure('ambiguous-id', `"${typed}" is the id of ${kinds} flows.`, {
        next: `Say which kind with ${ways().kind}.`,
      })
    : new Failure('ambiguous-id', `"${typed}" begins the ids of ${kinds} flows.`, {
        next: `Give more digits, or say which kind with ${ways().kind}.`,
      });
}

/** Undefined where this install has no flows of the kind, or none that this role can judge. */
async function kindIfHere({ primary, settings }: Session, model: FlowModel): Promise<Kind | undefined> {
  try {
    return { model, catalog: await readCatalog(primary, model, settings.database.schema) };
  } catch (thrown) {
    const { code } = asFailure(thrown);
    if (code === 'wrong-schema' || code === 'no-rights') return undefined;
    throw thrown;
  }
}
