import { describe, expect, test } from 'vitest';
import { withoutPersonalData, withoutSecrets } from '../../shared/export/redact.ts';
import { masked } from '../../shared/export/sensitive.ts';

const ID = '1e640262-4332-4087-ac4e-1674b08cd8f2';

describe('secrets, always', () => {
  test.each([
    ['a password', { password: 'hunter2' }, { password: '[hidden]' }],
    ['in camel case', { apiKey: 'k', clientSecret: { a: 1 } }, { apiKey: '[hidden]', clientSecret: '[hidden]' }],
    ['at any depth', { a: [{ Authorization: 'Bearer x' }] }, { a: [{ Authorization: '[hidden]' }] }],
    ['a token, not a count of tokens', { access_token: 'x', tokens: 7 }, { access_token: '[hidden]', tokens: 7 }],
    ['inside a text that holds JSON', { body: '{"secret":"x","b":1}' }, { body: '{"secret":"[hidden]","b":1}' }],
    ['in an address', 'postgres://me:hunter2@db/x', 'postgres://[hidden]@db/x'],
    ['of a column named beside it', { column: 'api_key', before: 'x' }, { column: 'api_key', before: '[hidden]' }],
    ['of a name beside it', [{ name: 'Password', value: 'x' }], [{ name: 'Password', value: '[hidden]' }]],
    [
      'in a text, by its name',
      { note: 'login with password=INTEXT, db_token="a b" and api-key: k1; 7 tokens: 5', url: '/x?token=T&page=2' },
      {
        note: 'login with password=[hidden] db_token="[hidden]" and api-key: [hidden]; 7 tokens: 5',
        url: '/x?token=[hidden]&page=2',
      },
    ],
    ['in a header', 'Authorization: Bearer abc.def sent', 'Authorization: [hidden] sent'],
    ['in JSON that was cut', '{"a": 1, "pass' + 'word": "it\'s \\"me', '{"a": 1, "password": "[hidden]'],
    ['in JSON inside a text', 'got {\\"token\\": \\"x y\\"}', 'got {\\"token\\": \\"[hidden]\\"}'],
    ['a token that a parser met', 'Unexpected token: }', 'Unexpected token: }'],
    ['nothing there', { password: null, token: '' }, { password: null, token: '' }],
    ['JSON without any stays as written', '{ "a" : 1.0 }', '{ "a" : 1.0 }'],
    ['what is no secret', { user_id: 'u', monkey: 'k', passed: true }, { user_id: 'u', monkey: 'k', passed: true }],
  ])('%s', (_, given, expected) => {
    expect(withoutSecrets(given)).toEqual(expected);
  });
});

describe('personal data, when asked', () => {
  test.each([
    [
      'people',
      { user_id: ID, approvedBy: 'Jo', imported_by: null },
      { user_id: '[person]', approvedBy: '[person]', imported_by: null },
    ],
    [
      'who applied a plan',
      { who: { role: 'r', user: 'jo', host: 'h' } },
      { who: { role: 'r', user: '[person]', host: 'h' } },
    ],
    [
      'raw values by type and length',
      { raw_data: { Owner: 'Jo', n: 12, no: null } },
      { raw_data: { Owner: 'string(2)', n: 'number(2)', no: null } },
    ],
    ['samples', { name: 'Owner', samples: ['Jo', 'Ann'] }, { name: 'Owner', samples: ['string(2)', 'string(3)'] }],
    ['long errors are cut', { error_message: 'x'.repeat(200) }, { error_message: `${'x'.repeat(80)}…` }],
    [
      'also of a column named beside it',
      { column: 'error_message', found: 'y'.repeat(99) },
      { column: 'error_message', found: `${'y'.repeat(80)}…` },
    ],
    [
      'numbers that are a person',
      { ssn: '123-45-6789', passportNumber: 'X1', date_of_birth: '1970-01-31' },
      { ssn: '[person]', passportNumber: '[person]', date_of_birth: '[person]' },
    ],
    ['ids stay', { flow_id: ID, at: '2025-07-05T17:41:20.123Z' }, { flow_id: ID, at: '2025-07-05T17:41:20.123Z' }],
  ])('%s', (_, given, expected) => {
    expect(withoutPersonalData(given)).toEqual(expected);
  });

  test.each([
    ['mail jo.doe+x@mail.example.org now', 'mail [email] now'],
    ['from 192.0.2.17 and 2001:db8::8a2e:370:7334', 'from [ip] and [ip]'],
    [
      'call +49 89 1234567 or (030) 123 4567 or 089/1234567 or 555-123-4567',
      'call [phone] or [phone] or [phone] or [phone]',
    ],
    ['ssn 123-45-6789, serial 9123-45-6789', 'ssn [national id], serial 9123-45-6789'],
    [`token=${ID} of ${ID}`, `token=[hidden] of ${ID}`],
    ['Bearer abcdefgh1234 and ghp_0123456789abcdef', '[secret] and [secret]'],
    [
      `${ID} at 2025-07-05 17:41:20.5+00, 17:41:20, 16.7 %, c::text`,
      `${ID} at 2025-07-05 17:41:20.5+00, 17:41:20, 16.7 %, c::text`,
    ],
    ['01234567-0123-0123-0123-012345678901', '01234567-0123-0123-0123-012345678901'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test('a megabyte of anything is looked through, with no pattern that runs away', () => {
    for (const piece of [
      'x',
      '1',
      '1.',
      'a:',
      '+1 ',
      'a@',
      '0-',
      '-----BEGIN A-----',
      '(1',
      'token=',
      "token='",
      'pwd"',
      '123-45-',
    ]) {
      expect(masked(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
    }
  });
});
