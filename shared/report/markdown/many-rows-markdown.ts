import type { ManyPreview } from '../../repair/preview/preview-many.ts';
import type { PreviewedRows } from '../../repair/preview/preview-rows.ts';
import { changesByFlow, rowsNotShown } from '../text/many-rows.ts';
import { wayBackOfMany } from '../text/way-back-text.ts';
import { escaped, table } from './markdown.ts';
import { changesTable } from './plan-markdown.ts';

/** What a preview of many flows did, with the rows of the first of them, for a ticket or a review. */
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
    ...changesByFlow(rows).flatMap(([flowId, changes]) => [
      '',
      `## Flow ${escaped(flowId)}`,
      '',
      ...changesTable(changes),
    ]),
    ...rowsNotShown(run, rows).flatMap((rest) => ['', `… ${rest}`]),
    '',
  ].join('\n');
}
