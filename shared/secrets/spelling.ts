/** A key as `snake_case`, whether it is spelt in `camelCase`, `kebab-case` or `Title Case`. */
export function inSnakeCase(key: string): string {
  return key
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z]{2})/g, (_, small = '', big = '', last = '') =>
      last === '' ? `${small}_${big}` : `${last}_`,
    )
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}
