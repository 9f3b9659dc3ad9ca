import sql from 'sql-template-tag';
import { CONFIDENCE } from '../../flow/mappings.ts';
import { approvalPhase, type FlowModel } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import { mappingsEvidence } from '../facts/mappings-place.ts';
import { mappingsThat } from '../facts/mappings-stored.ts';
import { evidenceAt } from '../finding/evidence.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { Rule } from '../rule/rule.ts';

/** The mappings are there and wait for a person: not damage, but the reason why nothing moves. */
export const approvalPending: Rule = {
  id: 'approval-pending',
  title: 'Field mappings wait for approval',
  severity: 'info',
  wayOut: 'resume',
  openOnly: true,
  violated: (f) => sql`${f.awaits_approval}`,
  restsOn: { child: ['status', 'phase', 'flags', 'mappings'], master: ['persistence'] },
  explain: (row, model) => {
    return {
      message: `${mappingsThat('wait', row)} for approval`,
      evidence: [
        evidenceAt(model, 'child', approvalPhase(model)?.flag ?? '', {
          found: 'false',
          expected: 'true',
          why: 'approving the mappings through the platform completes the phase; it is never set directly',
        }),
        ...(row.confidence === null
          ? []
          : [
              mappingsEvidence(model, row.child_has_mappings ? 'child' : 'master', {
                found: counts(row.confidence),
                expected: null,
                why: whatToLookAt(row.confidence, model),
              }),
            ]),
      ],
    };
  },
};

type Confidence = NonNullable<FlowRow['confidence']>;

function counts({ high, medium, low, unknown }: Confidence): string {
  return `${high} high, ${medium} medium, ${low} low${unknown > 0 ? `, ${unknown} without a number` : ''}`;
}

function whatToLookAt({ low, lowest, unknown }: Confidence, { mappingRows }: FlowModel): string {
  const rest = low - lowest.length;
  const below =
    low === 0
      ? `no mapping${unknown > 0 ? ' with a number here' : ''} is below a confidence of ${CONFIDENCE.medium}`
      : `below a confidence of ${CONFIDENCE.medium}: ${lowest.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  // Only a diagnosis of this flow reads the rows: its mapping quality counts them too.
  return unknown === 0 || isNever(mappingRows.table)
    ? below
    : `${below}; the others may have one in ${mappingRows.table}`;
}
