import { isoTime, withZone } from '../../rules/facts/stored-time.ts';
import { withoutSecrets } from '../../secrets/redact.ts';

/**
 * Reads an entry of the master's history. The platform's versions wrote them in many shapes: what is known is picked out,
 * anything else is shown as it stands, without its secrets. Never throws.
 */
export function historyEntry(stored: unknown): { at: string | null; text: string } {
  const entry = withoutSecrets(stored);
  if (entry === null || typeof entry !== 'object') return { at: null, text: cut(textOf(entry)) };
  const members = new Map(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]));
  const first = (keys: readonly string[]) =>
    keys.map((key) => members.get(key)).find((value) => value !== undefined && value !== null && value !== '');
  const from = first(FROM);
  const to = first(TO);
  const moved = to === undefined ? [] : [from === undefined ? `to ${textOf(to)}` : `${textOf(from)} → ${textOf(to)}`];
  const said = [
    ...moved,
    ...[PHASE, STATUS, MESSAGE].map(first).flatMap((value) => (value === undefined ? [] : [textOf(value)])),
  ];
  return { at: timeOf(first(TIME)), text: cut(said.length > 0 ? [...new Set(said)].join(': ') : textOf(entry)) };
}

const TIME = ['timestamp', 'at', 'time', 'occurred_at', 'created_at', 'updated_at', 'started_at', 'date', 'ts'];
const FROM = ['from', 'from_phase', 'previous_phase', 'old_phase', 'from_status', 'previous_status'];
const TO = ['to', 'to_phase', 'new_phase', 'next_phase', 'to_status', 'new_status'];
const PHASE = ['phase', 'phase_name', 'current_phase', 'step', 'error_phase'];
const STATUS = ['status', 'state', 'event', 'action', 'error_type', 'type'];
const MESSAGE = ['error', 'error_message', 'message', 'reason', 'details', 'detail'];

const MAX_CHARACTERS = 300;
/** A smaller number is no time: this one is in 1973, and years look like numbers too. */
const SECONDS_FROM = 1e8;
/** A number of this size counts milliseconds, a smaller one seconds. */
const MILLISECONDS_FROM = 1e11;

function timeOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const seconds = Number(value);
  if (seconds >= SECONDS_FROM) return isoTime(new Date(seconds < MILLISECONDS_FROM ? seconds * 1000 : seconds));
  // A date of any spelling has its year in full; what a clock makes of other words is no time.
  return /\d{4}/.test(String(value)) && typeof value === 'string' ? isoTime(new Date(withZone(value))) : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function cut(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
