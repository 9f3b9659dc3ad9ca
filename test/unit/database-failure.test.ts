import { expect, test } from 'vitest';
import { databaseFailure } from '../../shared/database/driver/database-failure.ts';

const said = (code: string, severity: string) =>
  databaseFailure(Object.assign(new Error('the server said so'), { code, severity }));

test('what the server says of this connection is not what it says of another server', () => {
  expect(said('08006', 'FATAL').code).toBe('no-connection');
  expect(said('08001', 'ERROR').code).toBe('database');
});

test('a replica that ends a statement to go on replaying: try again', () => {
  const { code, message, next } = said('40001', 'ERROR');
  expect(code).toBe('timed-out');
  expect(message).toContain('replica');
  expect(next).toContain('Try again');
});

test.each(['53000', '53200', '53300', '53400'])('%s: the server is there, and has no room left', (code) => {
  const { code: failure, message, next } = said(code, 'FATAL');
  expect([failure, message]).toEqual(['server-full', expect.stringMatching(/^The server has no .* left/)]);
  expect(next).toContain('Try again');
});

test('a pooler that could not connect passes on what the server said, by a code of its own', () => {
  const words = 'server login failed: FATAL sorry, too many clients already';
  const failure = databaseFailure(Object.assign(new Error(words), { code: '08P01', severity: 'FATAL' }));
  expect([failure.code, failure.message]).toEqual(['server-full', `The server has no connection left: ${words}.`]);
});
