/**
 * Text in which nobody finds the address of a page or a person: readers of Markdown and of SARIF make links of bare addresses,
 * and services of `@names`. Written as those who handle hostile addresses do, `https[:]//example[.]com`, so that a person can
 * still read it.
 */
export function linkFree(text: string): string {
  return text
    .replaceAll('](', '] (')
    .replaceAll(/([a-z][a-z0-9+.-]*):(?=\/\/)/gi, '$1[:]')
    .replaceAll(/\b(mailto|xmpp|javascript|command|data|vscode):/gi, '$1[:]')
    .replaceAll(/\b(www)\./gi, '$1[.]')
    .replaceAll(/@(?=[\p{Letter}\p{Number}_-])/gu, '[@]');
}
