import { describe, expect, test } from 'vitest';
import type { Scan } from '../../shared/diagnose/scan/scan.ts';
import { scanSarif } from '../../shared/report/machine/sarif.ts';
import { scanMarkdown } from '../../shared/report/markdown/scan-markdown.ts';
import { scanText, totalsText } from '../../shared/report/text/scan-text.ts';
import { plain } from '../../shared/words/tone.ts';
import { finding, scanned, scanOf } from '../support/scanned.ts';

const broken = scanned(1, { findings: [finding()] });
const bare = scanned(3, { findings: [finding({ message: 'Progress out of step', evidence: [] })] });
const totals = { flows: 60_010, error: 0, warning: 60_004, info: 0, healthy: 6 };
const lost = { code: 'no-connection', message: 'The connection was lost.', next: '' };

interface Invocation {
  executionSuccessful: boolean;
  toolExecutionNotifications: { level: string; descriptor: { id: string }; message: { text: string } }[];
}

function invocationOf(scan: Scan): Invocation {
  const { runs } = scanSarif(scan, []) as { runs: { invocations: Invocation[] }[] };
  const [invocation] = runs[0]?.invocations ?? [];
  if (!invocation) throw new Error('no invocation');
  return invocation;
}

interface Result {
  message: { text: string };
  locations: { logicalLocations: object[] }[];
}

function resultsOf(scan: Scan): Result[] {
  const { runs } = scanSarif(scan, []) as { runs: { results: Result[] }[] };
  return runs[0]?.results ?? [];
}

const notified = (scan: Scan) =>
  invocationOf(scan).toolExecutionNotifications.map(
    ({ level, descriptor, message }) => `${level} ${descriptor.id}: ${message.text}`,
  );

describe('what a scan does not say is said in every format', () => {
  test.each<[string, Scan, string, string]>([
    [
      'flows beyond the limit',
      { ...scanOf([broken, { ...broken, flowId: 'g' }]), totals },
      'warning not-listed',
      '60002 more flows with findings are not listed',
    ],
    [
      'healthy flows beyond it, where those are listed',
      { ...scanOf([scanned(2)]), totals: { flows: 3, error: 0, warning: 0, info: 0, healthy: 3 } },
      'warning not-listed',
      '2 more healthy flows are not listed',
    ],
    [
      'an early end',
      { ...scanOf([broken]), totals: { ...totals, warning: 1 }, endedEarly: lost },
      'error ended-early',
      'the scan ended early and counts only what was found until then: The connection was lost.',
    ],
    [
      'flows whose evidence could not be read',
      { ...scanOf([bare]), totals: { ...totals, warning: 1 }, endedEarly: lost },
      'warning without-evidence',
      '1 of the flows listed are told without evidence: it could not be read any more',
    ],
    [
      'the page that follows',
      { ...scanOf([broken]), totals: { ...totals, flows: 1, warning: 1, healthy: 0 }, nextAfter: 'f7' },
      'note next-page',
      'next page: --after f7',
    ],
    ['what could not be seen', { ...scanOf([]), notices: ['rows are hidden'] }, 'note not-seen', 'rows are hidden'],
    [
      'rules that were not asked',
      { ...scanOf([]), notAsked: [{ rule: 'stalled', why: 'there is no such column', custom: false }] },
      'note not-asked',
      'stalled was not asked: there is no such column',
    ],
  ])('%s', (_, scan, notification, words) => {
    expect(plain(scanText(scan))).toContain(words);
    expect(scanMarkdown(scan)).toContain(words);
    expect(notified(scan).join('\n')).toContain(`${notification}: ${words}`);
  });

  test('nothing where everything is said', () => {
    const scan = { ...scanOf([broken]), totals: { flows: 2, error: 0, warning: 1, info: 0, healthy: 1 } };
    expect(notified(scan)).toEqual([]);
    expect(plain(scanText(scan)).split('\n').length).toBe(3);
  });
});

test('a scan that ended early is no success in SARIF, and what was found until then is told in every format', () => {
  const scan = { ...scanOf([bare]), totals: { ...totals, warning: 1 }, endedEarly: lost };
  expect(invocationOf(scan).executionSuccessful).toBe(false);
  expect(invocationOf({ ...scan, endedEarly: null }).executionSuccessful).toBe(true);
  expect(resultsOf(scan)).toMatchObject([
    { ruleId: 'progress-out-of-step', message: { text: 'Progress out of step' } },
  ]);
  expect(plain(scanText(scan))).toMatch(/^▲ 00000003.*Progress out of step/m);
  expect(scanMarkdown(scan)).toContain('| ▲ Progress out of step |');
});

describe('a result in SARIF', () => {
  const [one] = finding().evidence;
  const withEvidence = (...evidence: (typeof one)[]) =>
    scanOf([scanned(1, { findings: [finding({ evidence: evidence.filter((it) => it !== undefined) })] })]);

  test('names each column once, as the format wants it', () => {
    const [result] = resultsOf(withEvidence(one, one && { ...one, why: 'another reason' }));
    expect(result?.locations[0]?.logicalLocations).toHaveLength(1);
    expect(result?.message.text).toContain('another reason');
  });

  test('holds no link that a stored value made', () => {
    const [result] = resultsOf(withEvidence(one && { ...one, why: 'the status is [log in](https://evil.example)' }));
    expect(result?.message.text).toContain('[log in] (https[:]//');
  });
});

test('in one line: what was counted, and of a scan that ended early why it counts no more', () => {
  const scan = { ...scanOf([broken]), totals: { flows: 3, error: 0, warning: 1, info: 0, healthy: 2 } };
  expect(totalsText(scan)).toBe('3 flows: 0 errors, 1 warning, 0 info, 2 healthy');
  expect(totalsText({ ...scan, totals: { ...scan.totals, healthy: 0 }, endedEarly: lost })).toBe(
    '3 flows: 0 errors, 1 warning, 0 info until it ended early: The connection was lost.',
  );
});

describe('a list without flows', () => {
  const text = (scan: Scan) => plain(scanText(scan));
  const none = { error: 0, warning: 0, info: 0 };

  test('all are well', () => {
    expect(text({ ...scanOf([]), totals: { flows: 4, ...none, healthy: 4 } })).toContain('No findings.');
  });

  test('there are none: nothing is well for that', () => {
    const said = text({ ...scanOf([]), totals: { flows: 0, ...none, healthy: 0 } });
    expect(said).toContain('There is no such flow: nothing was looked at.');
    expect(said).not.toContain('No findings.');
  });

  test('it ended early: what was not found is not said to be well', () => {
    expect(text({ ...scanOf([]), totals: { flows: 4, ...none, healthy: 4 }, endedEarly: lost })).not.toContain(
      'No findings.',
    );
  });
});
