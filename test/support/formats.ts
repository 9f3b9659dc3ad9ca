import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import { jsonText, safeJson } from '../../shared/report/machine/json.ts';
import { diagnosisSarif } from '../../shared/report/machine/sarif.ts';
import { diagnosisMarkdown } from '../../shared/report/markdown/diagnosis-markdown.ts';
import { diagnosisText } from '../../shared/report/text/diagnosis-text.ts';
import type { Rule } from '../../shared/rules/rule/rule.ts';
import { plain } from '../../shared/words/tone.ts';

/** Characters that a terminal or an editor would act on; line ends are ours. */
export const ACTED_ON = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** A diagnosis in every format in which it can be asked for. */
export function everyFormat(diagnosis: Diagnosis, rules: readonly Rule[]): [format: string, shown: string][] {
  return [
    ['text', plain(diagnosisText(diagnosis))],
    ['json', jsonText('diagnose', diagnosis)],
    ['markdown', diagnosisMarkdown(diagnosis)],
    ['sarif', safeJson(diagnosisSarif(diagnosis, rules))],
  ];
}
