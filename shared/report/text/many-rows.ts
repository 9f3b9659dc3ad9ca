import type { RowChange } from '../../repair/document/row-change.ts';
import type { ManyPreview } from '../../repair/preview/preview-many.ts';
import type { PreviewedRows } from '../../repair/preview/preview-rows.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { changesDiff } from './changes-diff.ts';
import { manyPreviewText } from './many-text.ts';
import { changesText } from './plan-text.ts';

/** What a preview of many flows did, with the rows of the first of them, flow by flow. */
export function manyRowsText(run: ManyPreview, rows: PreviewedRows, width?: number): Line[] {
  return [
    ...manyPreviewText(run),
    ...changesByFlow(rows).flatMap(([flowId, changes]): Line[] => [
      [],
      [span(`flow ${visible(flowId)}`, 'note')],
      ...changesText(changes, width),
    ]),
    ...rowsNotShown(run, rows).map((rest): Line => [span(`  … ${rest}`, 'dim')]),
  ];
}

/** The same as a unified diff; what is no row stands above it, where readers of diffs take no notice. */
export function manyRowsDiff(run: ManyPreview, rows: PreviewedRows): Line[] {
  const above = [
    ...manyPreviewText(run, run.failed.length),
    ...rowsNotShown(run, rows).map((rest): Line => [span(rest)]),
  ];
  return [...above.map((line): Line => [span('# ', 'dim'), ...line]), ...changesDiff(rows.changes)];
}

export function changesByFlow({ changes }: PreviewedRows): [string, RowChange[]][] {
  return [...Map.groupBy(changes, (change) => change.flowId)];
}

/** What is not shown; nothing where all is. */
export function rowsNotShown({ ran }: ManyPreview, { flows }: PreviewedRows): string[] {
  return ran > flows ? [`and the rows of ${ran - flows} more flows: --rows says of how many`] : [];
}
