import { type Plan, type PlanBody, seal } from '../../shared/repair/document/plan.ts';

/** A plan with one thing changed, and its hash made right again. */
export interface Forgery {
  /** Where, as `steps.0.writes.1.to.text`. */
  readonly place: string;
  readonly what: string;
  readonly plan: Plan;
}

type Path = readonly (string | number)[];

/**
 * Every leaf of a plan changed in turn, to what stands at such a place elsewhere, or to nonsense, and to nothing; every member removed;
 * every list longer by its first, and the other way round; every object with a member more; every value of one kind as another.
 * @param like other plans: what stands in them makes the likeliest forgeries
 */
export function* forgeriesOf(plan: Plan, like: readonly Plan[]): Generator<Forgery> {
  // What stands there already is no forgery.
  for (const forgery of changesOf(plan, like)) if (forgery.plan.hash !== plan.hash) yield forgery;
}

function* changesOf(plan: Plan, like: readonly Plan[]): Generator<Forgery> {
  const known = new Map<string, Set<string>>();
  for (const one of [plan, ...like]) for (const { path, value } of leavesOf(bodyOf(one))) note(known, path, value);
  for (const { path, value } of nodesOf(bodyOf(plan))) {
    const forged = (what: string, change: (parent: Record<string, unknown>, key: string) => void): Forgery => {
      const body = structuredClone(bodyOf(plan));
      const parent = path.slice(0, -1).reduce((at: unknown, key) => (at as Record<string, unknown>)[key], body);
      change(parent as Record<string, unknown>, String(path.at(-1)));
      return { place: path.join('.'), what, plan: resealed(body) };
    };
    const becomes = (other: unknown) =>
      forged(`becomes ${JSON.stringify(other)}`, (parent, key) => {
        parent[key] = other;
      });
    yield forged('is removed', (parent, key) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    });
    if (Array.isArray(value)) {
      if (value.length > 0) yield becomes([...value, value[0]]);
      if (value.length > 1) yield becomes(value.toReversed());
      yield becomes([]);
    } else if (typeof value === 'object' && value !== null) {
      yield becomes({ ...value, status: 'pwned' });
      if ('kind' in value) {
        yield becomes({ kind: 'text', text: 'pwned' });
        yield becomes({ kind: 'now' });
        yield becomes({ kind: 'member', key: 'field_mappings', json: '{"password":"exfil"}' });
      }
    } else for (const other of othersFor(path, value, known)) yield becomes(other);
  }
}

function othersFor(path: Path, value: unknown, known: ReadonlyMap<string, ReadonlySet<string>>): unknown[] {
  if (typeof value === 'number') return [value + 1];
  const alike = [...(known.get(shapeOf(path)) ?? [])].filter((one) => one !== value);
  return [alike[0] ?? 'pwned', value === null ? '' : null];
}

/** Where a leaf stands, without the places in lists. */
function shapeOf(path: Path): string {
  return path.filter((key) => typeof key === 'string').join('.');
}

function note(known: Map<string, Set<string>>, path: Path, value: unknown): void {
  if (typeof value !== 'string') return;
  known.set(shapeOf(path), (known.get(shapeOf(path)) ?? new Set()).add(value));
}

interface Node {
  readonly path: Path;
  readonly value: unknown;
}

function* nodesOf(value: unknown, path: Path = []): Generator<Node> {
  if (path.length > 0) yield { path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    yield* nodesOf(member, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function leavesOf(value: unknown): Node[] {
  return [...nodesOf(value)].filter((node) => typeof node.value !== 'object' || node.value === null);
}

function bodyOf({ hash: _, digests: __, ...body }: Plan): PlanBody {
  return body;
}

/** What is no plan any more has no hash: it is refused when it is read. */
function resealed(body: PlanBody): Plan {
  try {
    return seal(body);
  } catch {
    return { ...body, hash: '', digests: {} };
  }
}
