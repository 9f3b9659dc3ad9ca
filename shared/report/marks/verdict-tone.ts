/** In which tone each verdict of a diagnosis is shown. */
export const verdictTones = {
  healthy: 'good',
  waiting: 'note',
  stuck: 'bad',
  'out of step': 'warn',
  'not judged': 'dim',
} as const;
