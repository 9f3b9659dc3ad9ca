import { expect, test } from 'vitest';
import { databaseFailure } from '../../shared/database/database-failure.ts';

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
