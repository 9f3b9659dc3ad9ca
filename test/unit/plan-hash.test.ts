import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seal } from '../../shared/repair/document/plan.ts';
import { parsePlan } from '../../shared/repair/document/plan-file.ts';
import { FLOW_ID, planBody } from '../support/plan-body.ts';

const ID = FLOW_ID;
const mended = [{ flowId: ID, rule: 'progress-out-of-step' }];
const BODY = planBody({
  findings: mended,
  mends: mended,
  steps: [
    {
      record: 'child',
      table: { schema: 'migration', name: 'discovery_flows' },
      key: ID,
      flowId: ID,
      guard: { status: 'running', progress_percentage: '0' },
      writes: [
        {
          column: 'progress_percentage',
          to: { kind: 'text', text: '16.7' },
          rule: 'progress-out-of-step',
          why: '1 of 6',
        },
      ],
    },
  ],
});

test('the hash is that of the whole canonical JSON', () => {
  const { hash } = seal(BODY);
  expect(hash).toBe(
    createHash('sha256')
      .update(canonicalize(BODY) ?? '')
      .digest('hex'),
  );
});

test('a plan survives being written and read', () => {
  expect(parsePlan(JSON.stringify(seal(BODY)), 'here')).toEqual(seal(BODY));
});

test('the order of keys and the spacing do not matter', () => {
  const text = JSON.stringify(Object.fromEntries(Object.entries(seal(BODY)).reverse()), null, 7);
  expect(parsePlan(text, 'here').hash).toBe(seal(BODY).hash);
});

test('no single character can be changed unnoticed', () => {
  const text = JSON.stringify(seal(BODY));
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0aX"}, '), (place, character) => {
      fc.pre(text[place] !== character);
      const edited = text.slice(0, place) + character + text.slice(place + 1);
      // An edit may only pass where it does not change what the plan says, such as a space between tokens.
      let read: unknown;
      try {
        read = parsePlan(edited, 'here');
      } catch {
        return;
      }
      expect(read).toEqual(seal(BODY));
    }),
    { numRuns: 2_000, seed: 20261124 },
  );
});

// The one key that parsing drops: no hash of what was parsed can tell it.
test.each(['"__proto__"', '"__pro\\u0074o__"'])('a key %s is an edit, wherever it stands', (key) => {
  const text = JSON.stringify(seal(BODY));
  for (const place of ['"schemaVersion"', '"status"', '"progress_percentage":', '"column"']) {
    const edited = text.replace(place, `${key}:"x",${place}`);
    expect(edited).not.toBe(text);
    expect(() => parsePlan(edited, 'here')).toThrow('here was changed after it was written');
  }
});

test('an edit is told by its place', () => {
  const edited = (change: (plan: ReturnType<typeof seal>) => void) => {
    const plan = structuredClone(seal(BODY));
    change(plan);
    return () => parsePlan(JSON.stringify(plan), 'plan.json');
  };
  expect(
    edited((plan) => {
      for (const step of plan.steps) step.guard.status = 'paused';
    }),
  ).toThrow(`plan.json was changed after it was written: steps.0 (discovery_flows ${ID}) does not match its hash.`);
  expect(
    edited((plan) => {
      plan.expiresAt = '2027-01-01T01:00:00.000Z';
    }),
  ).toThrow('expiresAt does not match');
  expect(
    edited((plan) => {
      plan.steps = [];
    }),
  ).toThrow('steps.0 does not match');
  expect(
    edited((plan) => {
      plan.hash = '0'.repeat(64);
    }),
  ).toThrow('hash does not match');
  // Whoever makes the digests match the edit still has the hash against them.
  expect(
    edited((plan) => {
      const other = seal({ ...BODY, database: 'elsewhere' });
      Object.assign(plan, { ...other, hash: plan.hash });
    }),
  ).toThrow('hash does not match');
});

test('a plan of a newer Flowmend is said to be one, whatever else it holds', () => {
  const newer = JSON.stringify({ ...seal(BODY), schemaVersion: 2, planet: 'Mars' });
  expect(() => parsePlan(newer, 'plan.json')).toThrow(
    'plan.json is a plan of a newer Flowmend: its schemaVersion is 2, and this Flowmend reads 1.',
  );
  expect(() => parsePlan('{"schemaVersion":0}', 'plan.json')).toThrow('plan.json is not a plan');
});

test('a plan of an older Flowmend, which says nothing of the server, can be read', () => {
  expect(BODY.server).toBeUndefined();
  expect(parsePlan(JSON.stringify(seal(BODY)), 'here').database).toBe('x on y');
});

test('a plan that was cut off is refused with the place', () => {
  const text = JSON.stringify(seal(BODY), null, 2);
  expect(() => parsePlan(text.slice(0, 400), 'plan.json')).toThrow(/plan\.json is not JSON: .*(position \d+|line \d+)/);
});
