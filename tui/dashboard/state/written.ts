/** Something that this session of the dashboard wrote: what it is taken back by. */
export interface Written {
  readonly what: 'mended' | 'taken back';
  /** The id of a receipt, or of a run of many. */
  readonly id: string;
}
