import type { Scan } from '../../diagnose/scan/scan.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Finding, Severity } from '../../rules/finding/finding.ts';
import type { Rule } from '../../rules/rule/rule.ts';
import { linkFree } from '../../words/link-free.ts';
import { visible } from '../../words/visible.ts';
import { type Caveat, caveatsOf, caveatsOfScan } from '../marks/caveats.ts';

type Level = 'error' | 'warning' | 'note';

const LEVELS: Record<Severity, Level> = { error: 'error', warning: 'warning', info: 'note' };
const UNSAID_LEVELS: Record<Caveat['what'], Level> = {
  'not judged': 'error',
  'ended early': 'error',
  'not listed': 'warning',
  'next page': 'note',
  'without evidence': 'warning',
  'not seen': 'note',
  'not asked': 'note',
  'own rule not asked': 'warning',
};
const MAX_WORDS = 1_000;

/**
 * The findings of a scan as SARIF 2.1.0, for code-scanning services and viewers: one result a finding. A flow is an
 * artefact of the scheme `flowmend:`, a column is a logical location. What the scan does not say are notifications; one
 * that ended early or judged nothing is no successful run.
 */
export function scanSarif(scan: Scan, rules: readonly Rule[]): object {
  const findings = scan.flows.flatMap((flow) => flow.findings);
  const succeeded = scan.endedEarly === null && scan.notJudged === undefined;
  return sarif(findings, rules, { succeeded, caveats: [...notJudgedOf(scan), ...caveatsOfScan(scan)] });
}

/** The findings of one flow in the same form. */
export function diagnosisSarif(diagnosis: Diagnosis, rules: readonly Rule[]): object {
  const succeeded = diagnosis.notJudged === undefined;
  return sarif(diagnosis.findings, rules, { succeeded, caveats: [...notJudgedOf(diagnosis), ...caveatsOf(diagnosis)] });
}

function notJudgedOf({ notJudged }: Pick<Diagnosis, 'notJudged'>): Caveat[] {
  return notJudged === undefined ? [] : [{ what: 'not judged', text: notJudged }];
}

interface Invocation {
  readonly succeeded: boolean;
  readonly caveats: readonly Caveat[];
}

function sarif(findings: readonly Finding[], rules: readonly Rule[], { succeeded, caveats }: Invocation): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'flowmend',
            rules: rules.map(({ id, title, severity, help }) => ({
              id,
              shortDescription: { text: words(title) },
              ...(help === undefined ? {} : { help: { text: words(help) } }),
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        invocations: [{ executionSuccessful: succeeded, toolExecutionNotifications: caveats.map(notificationOf) }],
        results: findings.map((finding) => resultOf(finding, rules)),
      },
    ],
  };
}

function notificationOf({ what, text }: Caveat): object {
  return {
    descriptor: { id: what.replaceAll(' ', '-') },
    level: UNSAID_LEVELS[what],
    message: { text: words(text) },
  };
}

/** A message of plain text. SARIF makes a link of `[a](b)` in it, and viewers make more: of addresses, and elements of `<a`. */
function words(text: string): string {
  return linkFree(visible(text, MAX_WORDS)).replaceAll(/<(?=[a-z/!?])/gi, '< ');
}

function resultOf({ rule, severity, flowId, message, evidence }: Finding, rules: readonly Rule[]): object {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: words([message, evidence.map((one) => one.why).join('; ')].filter(Boolean).join(': ')) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: `flowmend:/${flowId}.flow` }, region: { startLine: 1 } },
        // The format wants each of them once.
        logicalLocations: [...new Set(evidence.map(({ table, column }) => `${table}.${column}`))].map((name) => ({
          fullyQualifiedName: name,
          kind: 'member',
        })),
      },
    ],
    // The same finding of the same flow is the same alert in the next run.
    partialFingerprints: { 'flowAndRule/v1': `${flowId}/${rule}` },
  };
}
