import { z } from 'zod';
import { Failure } from '../failure.ts';
import { CustomRule } from '../rules/custom/custom-rule-setting.ts';
import { RuleSettings } from '../rules/judge/rule-setting.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names of connections: words that need no quotes on a command line or in YAML. */
const WORD = /^[a-z][a-z0-9-]*$/;

const variable = (what: string) =>
  z
    .string()
    .max(200)
    .regex(VARIABLE, 'expected the name of an environment variable, like PROD_DATABASE_URL, and not its value')
    .describe(`The environment variable that holds ${what}.`);

const ConnectionSettings = z.strictObject({
  urlFrom: variable('the URL of the database'),
  readUrlFrom: variable('the URL of a replica, for reading the fleet').optional(),
  schema: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe('The schema of the flow tables, where it is not found by itself.'),
  apiUrl: z.string().max(2_000).optional().describe("The address of the platform's API."),
  apiTokenFrom: variable("the token of the platform's API").optional(),
  production: z.boolean().default(false).describe('Real work depends on this database.'),
  readOnly: z.boolean().default(false).describe('Nothing is to be written through this connection.'),
  label: z.string().min(1).max(60).optional().describe('What the faces call it.'),
});
export type ConnectionSettings = z.infer<typeof ConnectionSettings>;

/** What `flowmend.yaml` may hold. No secret belongs in it: it names the variables that hold them. */
export const Configuration = z.strictObject({
  master: z
    .enum(['match', 'lifecycle'])
    .optional()
    .describe("Whether the master's status matches the child's, or keeps to a coarser life cycle."),
  rules: RuleSettings.default({}).describe('Another severity, `off`, or another threshold, by the id of the rule.'),
  customRules: z
    .array(CustomRule)
    .max(100)
    .default([])
    .superRefine((all, context) => {
      for (const [index, { id }] of all.entries()) {
        if (all.findIndex((one) => one.id === id) < index) {
          context.addIssue({ code: 'custom', path: [index, 'id'], message: 'another custom rule has this id' });
        }
      }
    })
    .describe('Rules of your own.'),
  connections: z
    .record(z.string().max(63).regex(WORD, 'expected lower-case letters, digits and hyphens'), ConnectionSettings)
    .default({})
    .describe('Connections by name, for `--connection`.'),
});

/** A path of keys and indexes into the file. */
export type Path = readonly (string | number)[];

/** Which file a configuration is, and why that one. */
export interface ConfigurationSource {
  /** What errors and answers call it. */
  readonly name: string;
  readonly found: 'by name' | 'in the folder' | 'in the workspace';
}

/** The configuration of this run, and where each part of it stands. */
export interface Configured extends z.infer<typeof Configuration> {
  /** Undefined where there is no file. */
  readonly source: ConfigurationSource | undefined;
  /** `flowmend.yaml:12:7`, for the value at the path, or for a character (from 0) inside of it. */
  placeOf(path: Path, character?: number): string;
}

/** Nothing configured: every rule as Flowmend has it. */
export const unconfigured: Configured = {
  ...Configuration.parse({}),
  source: undefined,
  placeOf: () => 'flowmend.yaml',
};

export const MAX_CHARACTERS = 256 * 1024;
/** Problems that one failure names; the rest shows when these are mended. */
const MAX_PROBLEMS = 5;

/** The one failure for everything that is wrong with a configuration. */
export function invalid(problems: readonly string[]): Failure {
  const more = problems.length > MAX_PROBLEMS ? `; and ${problems.length - MAX_PROBLEMS} more` : '';
  return new Failure('settings-invalid', problems.slice(0, MAX_PROBLEMS).join('; ') + more, {
    next: 'docs/configuration.md says what the file may hold.',
  });
}

export function tooLarge(name: string): Failure {
  return invalid([`${name} is larger than ${MAX_CHARACTERS / 1024} KiB, which no configuration is`]);
}
