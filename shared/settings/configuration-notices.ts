import { rules } from '../rules/builtin/index.ts';
import { type Severity, WORST_FIRST } from '../rules/finding/finding.ts';
import type { RuleSetting } from '../rules/judge/rule-setting.ts';
import type { ConfigurationSource, Configured } from './configuration.ts';

const MAX_NAMED = 8;

/**
 * What every answer says of the configuration: that it was found where nobody named it, and whatever makes a rule find
 * less than it would by itself. Nothing where there is none of that.
 */
export function configurationNotices({ source, rules: settings, master }: Configured): string[] {
  if (!source) return [];
  const weaker = rules.map(({ id, severity }) => ({ id, change: changeOf(severity, settings[id]) }));
  const changes = [
    ...CHANGES.flatMap(({ change, is, are }) => {
      const ids = weaker.filter((rule) => rule.change === change).map(({ id }) => id);
      return ids.length === 0 ? [] : [changeWords(ids, ids.length === 1 ? is : are)];
    }),
    ...(master === 'lifecycle' ? ['masters keep to a coarser life cycle'] : []),
  ];
  if (changes.length === 0) return source.found === 'by name' ? [] : [`${sourceWords(source)} applies`];
  return [`${sourceWords(source)} applies: ${changes.join('; ')}`];
}

function sourceWords({ name, found }: ConfigurationSource): string {
  return found === 'by name' ? name : `${name} of this ${found === 'in the folder' ? 'folder' : 'workspace'}`;
}

const CHANGES = [
  { change: 'off', is: 'is off', are: 'are off' },
  { change: 'milder', is: 'is less severe', are: 'are less severe' },
  { change: 'moved', is: 'has another threshold', are: 'have another threshold' },
] as const;

type Change = (typeof CHANGES)[number]['change'];

function changeOf(own: Severity, setting: RuleSetting = {}): Change | undefined {
  const { severity = own, ...thresholds } = typeof setting === 'string' ? { severity: setting } : setting;
  if (severity === 'off') return 'off';
  if (WORST_FIRST.indexOf(severity) > WORST_FIRST.indexOf(own)) return 'milder';
  return Object.keys(thresholds).length > 0 ? 'moved' : undefined;
}

/** `2 rules are off (stalled, phase-unknown)` */
function changeWords(ids: readonly string[], what: string): string {
  if (ids.length === rules.length) return `every rule ${what.replace(/^are/, 'is').replace(/^have/, 'has')}`;
  const more = ids.length > MAX_NAMED ? [`${ids.length - MAX_NAMED} more`] : [];
  return `${ids.length} ${ids.length === 1 ? 'rule' : 'rules'} ${what} (${[...ids.slice(0, MAX_NAMED), ...more].join(', ')})`;
}
