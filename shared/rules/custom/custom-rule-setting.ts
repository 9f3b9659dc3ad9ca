import { z } from 'zod';
import { rules } from '../builtin/index.ts';
import { Severity } from '../finding/finding.ts';

const RULE_ID = /^[a-z][a-z0-9-]*$/;

/** What the configuration says of a rule of its own. */
export const CustomRule = z.strictObject({
  id: z
    .string()
    .max(63)
    .regex(RULE_ID, 'expected lower-case letters, digits and hyphens')
    .refine((id) => !rules.some((rule) => rule.id === id), 'Flowmend has a rule of this id already; take another one')
    .describe('The id of the rule, like `retried-often`.'),
  title: z.string().min(1).max(200).optional().describe('What is wrong, for lists; default: the message.'),
  where: z
    .string()
    .min(1)
    .max(2_000)
    .describe('True for a flow that breaks the rule: one SQL expression over the columns of the flow relation.'),
  message: z.string().min(1).max(500).describe('One line for people, for a flow that breaks the rule.'),
  severity: Severity.describe('How bad it is.'),
  help: z.string().min(1).max(1_000).optional().describe('What to do about it.'),
});
export type CustomRule = z.infer<typeof CustomRule>;
