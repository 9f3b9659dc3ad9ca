import { describe, expect, test } from 'vitest';
import type { Diagnosed } from '../../shared/diagnosis/diagnose.ts';
import type { ApplyOutcome } from '../../shared/repair/apply/apply.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import type { RowChange } from '../../shared/repair/document/row-change.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { plain } from '../../shared/words/tone.ts';
import { appliedLines } from '../../tui/dashboard/lines/outcome-lines.ts';
import { panelLines, panelTitle } from '../../tui/dashboard/lines/panel-lines.ts';
import { widthOf } from '../../tui/dashboard/screen/fit.ts';
import { changedFacts } from '../../tui/dashboard/state/changed-facts.ts';
import type { Following, Panel } from '../../tui/dashboard/state/panel.ts';
import { initialState } from '../../tui/dashboard/state/state.ts';

const flowId = '1e640262-4332-4087-ac4e-1674b08cd8f2';
const json = (last: string) => JSON.stringify({ a: 'x'.repeat(400), last });
const change = (columns: RowChange['columns']): RowChange => ({
  record: 'child',
  table: { schema: 'migration', name: 'discovery_flows' },
  key: flowId,
  flowId,
  columns,
});
const status = change([{ column: 'status', before: 'running', after: null }]);
const receipt = { id: 'r-1', appliedAt: '2026-01-01T00:00:00Z', changes: [status] } as unknown as Receipt;
const drift = [{ flowId, table: 'discovery_flows', column: 'status', planned: 'running', now: '\u001b[2Jpaused' }];
const plan = {
  leftOut: [{ flowId, rule: 'import-unlinked', reason: 'choice', why: 'two imports fit' }],
} as unknown as Plan;

/** A panel without its flow. */
type Bare = Panel extends infer Each ? (Each extends Panel ? Omit<Each, 'flowId'> : never) : never;

function drawn(panel: Bare, width = 79): { title: string; text: string } {
  const state = { ...initialState(0), panel: { ...panel, flowId } as Panel };
  const lines = panelLines(state, width);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
  return { title: panelTitle(state).text, text: plain(lines) };
}

const applied = (outcome: ApplyOutcome, action: 'apply' | 'undo' = 'apply') =>
  drawn({ kind: 'applied', action, outcome });

describe('what came of it', () => {
  test('applied: the receipt, what it changed and what comes next', () => {
    const { title, text } = applied({ kind: 'applied', receipt });
    expect(title).toBe('MENDED');
    expect(text).toContain('receipt r-1');
    expect(text).toMatch(/status running → NULL/);
    expect(applied({ kind: 'applied', receipt }, 'undo').title).toBe('TAKEN BACK');
  });

  test.each<[ApplyOutcome, RegExp]>([
    [
      { kind: 'stale', drift, why: 'rows changed' },
      /stale: rows changed; nothing was written[\s\S]*now \\u001b\[2Jpaused/,
    ],
    [{ kind: 'not verified', changes: [], problems: ['it is still there'] }, /rolled back[\s\S]*✖ it is still there/],
    [{ kind: 'refused', why: 'the plan has nothing to write' }, /refused: .*; nothing was written/],
  ])('%o is never called mended', (outcome, expected) => {
    const { title, text } = applied(outcome);
    expect(title).toBe('NOT WRITTEN');
    expect(text).toMatch(expected);
  });

  test('applied before: nothing was written now', () => {
    expect(applied({ kind: 'already applied', receipt }).text).toMatch(/nothing was written\s+now/);
  });

  test('what comes next is only what is offered', () => {
    const panel = { kind: 'applied', action: 'apply', outcome: { kind: 'applied', receipt } } as const;
    const words = (resumes: boolean) => plain(appliedLines(panel, resumes, 80));
    expect(words(true)).toContain('Next: r resumes the flow.');
    expect(words(false)).not.toContain('resume');
  });

  test('what changed since is named where it was not verified, with the key that plans anew', () => {
    const before = { row: { flow_id: 'f', master_status: 'running' } } as unknown as Diagnosed['facts'];
    const now = { row: { flow_id: 'f', master_status: 'pau\u001bsed' } } as unknown as Diagnosed['facts'];
    const { text } = drawn({
      kind: 'applied',
      action: 'apply',
      outcome: { kind: 'not verified', changes: [], problems: ['x would be new'] },
      changed: changedFacts(before, now),
    });
    expect(text).toContain('row.master_status: was "running", now "pau\\u001bsed"');
    expect(text).toContain('m makes a new plan');
    expect(changedFacts(before, before)).toEqual([]);
  });

  test('a flow that needs no call was not refused one', () => {
    const shown = (needsNone: boolean) =>
      drawn({ kind: 'not resumed', why: 'the platform is working on it', next: '', needsNone });
    expect(shown(true)).toEqual({
      title: 'NOTHING TO RESUME',
      text: 'Nothing was sent: the platform is working on it',
    });
    expect(shown(false).title).toBe('NOT RESUMED');
  });

  test('a failure says what happened and what to do', () => {
    const trouble = { code: 'no-rights', message: 'The database role may not do this.', next: 'Ask for the grants.' };
    expect(drawn({ kind: 'failed', action: 'apply', trouble }).text).toBe(
      '✖ mend ended with a failure:\n\nThe database role may not do this.\nAsk for the grants.',
    );
  });
});

describe('following', () => {
  const sighting = {
    at: '2026-01-01T12:34:56.000Z',
    flowId,
    status: 'processing',
    masterStatus: 'running',
    phase: 'field_mapping',
    phasesComplete: [],
    progress: 16.7,
    updatedAt: '2026-01-01T12:34:56.000Z',
    moved: false,
  };
  const following: Following = {
    sightings: [sighting],
    called: undefined,
    startedAt: 0,
    timeoutMs: 60_000,
    trouble: undefined,
    ended: undefined,
  };

  test('a flow that did not move is said not to have moved', () => {
    const { title, text } = drawn({ kind: 'follow', following: { ...following, ended: 'not moved' } });
    expect(title).toBe('IT DID NOT MOVE');
    expect(text).toContain('12:34:56 · field_mapping  16.7 %  child processing, master running');
    expect(text).toContain('✖ it did not move within 60 s');
    expect(text).not.toContain('it moved');
  });

  test('where nobody could look, nothing is claimed', () => {
    const trouble = { code: 'no-connection', message: 'No connection to the database.', next: '' };
    const { title, text } = drawn({ kind: 'follow', following: { ...following, trouble, ended: 'lost' } });
    expect(title).toBe('NOT KNOWN WHETHER IT MOVED');
    expect(text).toContain('✖ No connection to the database.');
    expect(text).not.toMatch(/it moved:|did not move/);
  });

  test('while it lasts the time left is shown, never more than there was', () => {
    const late = drawn({ kind: 'follow', following: { ...following, startedAt: 500 } });
    expect(late.text).toContain('waiting for it to move, 60 s left');
  });
});

describe('before and after', () => {
  const preview = (columns: RowChange['columns'], width?: number) =>
    drawn({ kind: 'preview', plan, run: { kind: 'ran', changes: [change(columns)] } }, width).text;

  test('what is left as it is stands below, with its reason', () => {
    expect(preview([])).toContain('import-unlinked: two imports fit');
  });

  test('of long values the part that differs is shown', () => {
    const text = preview([{ column: 'field_mappings', before: json('one'), after: json('two') }]);
    expect(text.replaceAll(/\s/g, '')).toMatch(/…x+","last":"one"}→…x+","last":"two"}/);
    expect(text.length).toBeLessThan(400);
  });

  test('values that do not fit beside each other stand below each other', () => {
    const stamps = { column: 'updated_at', before: '2025-07-05 17:41:20+00', after: '2026-11-24 12:53:59.454+00' };
    expect(preview([stamps], 50)).toMatch(/updated_at 2025-07-05 17:41:20\+00\n +→ 2026-11-24 12:53:59.454\+00/);
  });

  test('what comes from the database is written out', () => {
    expect(preview([{ column: 'status', before: '\u001b]0;x\u0007', after: '\u202e' }])).toContain(
      '\\u001b]0;x\\u0007 → \\u202e',
    );
  });
});

test('the question before a resume shows the request, each mapping and the other endpoint', () => {
  const because = { effect: 'approves', strategy: 's', because: 'the master waits' };
  const call = (endpoint: string) => ({
    endpoint,
    method: 'POST',
    path: `/api/v1/discovery/flow/${flowId}/${endpoint}`,
    headers: { 'X-Client-Account-ID': 'client' },
    body: {
      field_mappings: {
        Host: { target: 'hostname', confidence: 0.9 },
        Owner: 'owner',
        Zone: { target_field: 'zone', confidence_score: 1 },
        Odd: { maybe: ['a'] },
      },
      approval: true,
    },
    now: because,
    afterRepair: because,
  });
  const diagnosis = {
    resume: { endpoint: 'intelligent', calls: [call('standard'), call('intelligent')], why: '2 mappings wait' },
  };
  const diagnosed = { diagnosis, facts: {} } as unknown as Diagnosed;
  const { title, text } = drawn({
    kind: 'question',
    question: { kind: 'resume', diagnosed, api: 'http://127.0.0.1:1' },
  });
  expect(title).toBe('RESUME THIS FLOW?');
  expect(text).toContain(`POST /api/v1/discovery/flow/${flowId}/intelligent\n  to http://127.0.0.1:1`);
  expect(text).toContain(
    'This approves 4 field mappings:\n  Host → hostname  confidence 0.9\n  Owner → owner\n' +
      '  Zone → zone  confidence 1\n  Odd → {"maybe":["a"]}\n',
  );
  expect(text).toContain('Where it answers 404, the standard endpoint is called instead.');
  expect(text).toContain('cannot be taken back');
});

test.each([
  [{ kind: 'table', state: 'current' }, ''],
  [{ kind: 'table', state: 'current', advice: 'change the grants' }, 'change the grants'],
  [{ kind: 'table', state: 'missing' }, 'creates the schema "flowmend"'],
  [{ kind: 'table', state: 'outdated' }, 'this also updates it. No receipt is lost.'],
  [{ kind: 'file', path: '/x/j.jsonl', why: 'no table' }, 'may not make the journal in the database'],
  [{ kind: 'file', path: '/x/j.jsonl', why: 'undoes' }, 'stands in /x/j.jsonl. This one goes there too:'],
] as const)('the question before a write says what is new about the journal: %j', (journal, words) => {
  const { text } = drawn({
    kind: 'question',
    question: { kind: 'apply', plan, run: { kind: 'ran', changes: [] }, receipt: undefined, journal },
  });
  expect(text).toContain(words);
  if (words === '') expect(text).not.toMatch(/journal|receipt/i);
});

test('the question before an undo names the columns that it leaves', () => {
  const { text } = drawn({
    kind: 'question',
    question: {
      kind: 'undo',
      plan: { ...plan, flows: [flowId], leftOut: [] },
      run: { kind: 'ran', changes: [status] },
      receipt: { ...receipt, kind: 'repair', flows: [flowId] },
      beyondWriter: ['migration.discovery_flows.user_id'],
      journal: { kind: 'table', state: 'current' },
    },
  });
  expect(text).toContain('whoever wrote the receipt may not update');
  expect(text).toContain('migration.discovery_flows.user_id');
});

test('the journal ends with what whoever owns it should change', () => {
  expect(drawn({ kind: 'journal', receipts: [], older: 'none', advice: 'change the grants' }).text).toContain(
    'change the grants',
  );
});

test('the journal is headed as what it is, and says where older receipts are left out', () => {
  const journal = (older: 'none' | 'not shown') => drawn({ kind: 'journal', receipts: [], older, advice: '' });
  expect(journal('none').title).toBe('JOURNAL: all that was written in this database');
  expect(journal('none').text).not.toContain('not shown');
  expect(journal('not shown').text).toMatch(/Older ones are not shown here: flowmend journal lists\s+them\./);
});
