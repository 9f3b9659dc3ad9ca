import { Text } from 'ink';
import type { Line } from '../../../shared/index.ts';
import { lookOf } from './palette.ts';

/** One line of the screen: exactly one row, fitted before it comes here. */
export function StyledLine({ line, inverse = false }: { line: Line; inverse?: boolean }) {
  if (inverse) {
    return (
      <Text inverse bold wrap="truncate-end">
        {line.map(({ text }) => text).join('')}
      </Text>
    );
  }
  return (
    <Text wrap="truncate-end">
      {line.length === 0 || line.every(({ text }) => text === '') ? ' ' : null}
      {line.map(({ text, tone }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the spans of a line have no identity but their place
        <Text key={index} {...lookOf(tone)}>
          {text}
        </Text>
      ))}
    </Text>
  );
}
