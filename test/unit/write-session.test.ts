import { expect, expectTypeOf, test } from 'vitest';
import type { Reader, Transaction, Writer } from '../../shared/database/sql/reader.ts';
import type { apply } from '../../shared/repair/apply/apply.ts';
import type { preview } from '../../shared/repair/preview/preview.ts';
import type { resume } from '../../shared/resume/resume.ts';
import { type Session, type WriteSession, writable } from '../../shared/session.ts';

test('what writes cannot be handed a session or a reader that may not', () => {
  expectTypeOf<Session>().not.toExtend<WriteSession>();
  expectTypeOf<Parameters<typeof apply>[0]>().toEqualTypeOf<WriteSession>();
  expectTypeOf<Parameters<typeof preview>[0]>().toEqualTypeOf<WriteSession>();
  expectTypeOf<Parameters<typeof resume>[0]>().toEqualTypeOf<WriteSession>();
  expectTypeOf<Reader>().not.toExtend<Transaction>();
  expectTypeOf<Reader>().not.toExtend<Writer>();
});

test('a session without a writer is no session that writes', () => {
  const session = { writer: undefined } as unknown as Session;
  expect(() => writable(session)).toThrow(expect.objectContaining({ code: 'read-only' }));
});
