/** A page with what stands between two marks replaced: the part that is generated. */
export function withPart(page: string, begin: string, end: string, part: string): string {
  const [before, rest = ''] = page.split(begin);
  const [, after] = rest.split(end);
  return `${before}${begin}\n${part}\n${end}${after}`;
}
