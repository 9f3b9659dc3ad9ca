/** Why a text is no predicate for a rule, and the character of it (from 0) where that shows. */
export class PredicateProblem extends Error {
  override readonly name = 'PredicateProblem';
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
