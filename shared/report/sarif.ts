import type { Finding, Severity } from '../diagnose/finding.ts';
import type { Rule } from '../diagnose/rule.ts';
import { visible } from './visible.ts';

const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };

/**
 * Findings as SARIF 2.1.0, for code-scanning services and viewers: one result a finding. A flow is an artefact of the
 * scheme `flowmend:`, a column is a logical location.
 */
export function sarif(findings: readonly Finding[], rules: readonly Rule[]): object {
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
              shortDescription: { text: title },
              ...(help === undefined ? {} : { help: { text: help } }),
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        results: findings.map((finding) => resultOf(finding, rules)),
      },
    ],
  };
}

function resultOf({ rule, severity, flowId, message, evidence }: Finding, rules: readonly Rule[]): object {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: visible(`${message}: ${evidence.map((one) => one.why).join('; ')}`, 1_000) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: `flowmend:/${flowId}.flow` }, region: { startLine: 1 } },
        logicalLocations: evidence.map((one) => ({
          fullyQualifiedName: `${one.table}.${one.column}`,
          kind: 'member',
        })),
      },
    ],
    // The same finding of the same flow is the same alert in the next run.
    partialFingerprints: { 'flowAndRule/v1': `${flowId}/${rule}` },
  };
}
