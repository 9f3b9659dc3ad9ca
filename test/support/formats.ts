import type { Diagnosis } from '../../shared/diagnose/diagnosis.ts';
import type { Rule } from '../../shared/diagnose/rule.ts';
import { diagnosisMarkdown } from '../../shared/report/diagnosis-markdown.ts';
import { diagnosisText } from '../../shared/report/diagnosis-text.ts';
import { jsonText, safeJson } from '../../shared/report/json.ts';
import { diagnosisSarif } from '../../shared/report/sarif.ts';
import { plain } from '../../shared/report/tone.ts';

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
