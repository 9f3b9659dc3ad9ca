import type { ManyPreview } from '../repair/preview-many.ts';
import type { PreviewedRows } from '../repair/preview-rows.ts';
import type { RowChange } from '../repair/row-change.ts';
import { changesDiff } from './changes-diff.ts';
import { manyPreviewText } from './many-text.ts';
import { escaped, table } from './markdown.ts';
import { changesTable } from './plan-markdown.ts';
import { changesText } from './plan-text.ts';
import { type Line, span } from './tone.ts';
import { visible } from './visible.ts';
import { wayBackOfMany } from './way-back-text.ts';

/** What a preview of many flows did, with the rows of the first of them, flow by flow. */
export function manyRowsText(run: ManyPreview, rows: PreviewedRows, width?: number): Line[] {
  return [
    ...manyPreviewText(run),
    ...byFlow(rows).flatMap(([flowId, changes]): Line[] => [
      [],
      [span(`flow ${visible(flowId)}`, 'note')],
      ...changesText(changes, width),
    ]),
    ...restOf(run, rows).map((rest): Line => [span(`  … ${rest}`, 'dim')]),
  ];
}

/** The same as a unified diff; what is no row stands above it, where readers of diffs take no notice. */
export function manyRowsDiff(run: ManyPreview, rows: PreviewedRows): Line[] {
  const above = [...manyPreviewText(run, run.failed.length), ...restOf(run, rows).map((rest): Line => [span(rest)])];
  return [...above.map((line): Line => [span('# ', 'dim'), ...line]), ...changesDiff(rows.changes)];
}

/** The same for a ticket or a review. */
export function manyRowsMarkdown(run: ManyPreview, rows: PreviewedRows): string {
  const { total, ran, failed } = run;
  return [
    `# Preview of ${total} flows`,
    '',
    `Run and rolled back: ${ran} of ${total} flows would be mended and verified.`,
    ...wayBackOfMany(run).flatMap((words) => ['', escaped(words)]),
    ...(failed.length === 0 ? [] : ['', '## Failed', '']),
    ...(failed.length === 0
      ? []
      : table(
          ['flow', 'kind', 'why'],
          failed.map(({ flowId, kind, why }) => [flowId, kind, why]),
        )),
    ...byFlow(rows).flatMap(([flowId, changes]) => ['', `## Flow ${escaped(flowId)}`, '', ...changesTable(changes)]),
    ...restOf(run, rows).flatMap((rest) => ['', `… ${rest}`]),
    '',
  ].join('\n');
}

function byFlow({ changes }: PreviewedRows): [string, RowChange[]][] {
  return [...Map.groupBy(changes, (change) => change.flowId)];
}

/** What is not shown; nothing where all is. */
function restOf({ ran }: ManyPreview, { flows }: PreviewedRows): string[] {
  return ran > flows ? [`and the rows of ${ran - flows} more flows: --rows says of how many`] : [];
}
