/** The platform writes UTC, and so does every session of ours: a time without a zone is one of UTC, wherever this runs. */
export function withZone(text: string): string {
  return /^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
}

/** A time as PostgreSQL prints it, in ISO 8601; null for an infinite one or one that no clock shows. */
export function timeIn(stored: string | null): string | null {
  const spelled = withZone(stored ?? '').replace(' ', 'T');
  return isoTime(new Date(spelled.replace(/\+00$/, 'Z')));
}

/** Null for what is no time. */
export function isoTime(time: Date): string | null {
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
