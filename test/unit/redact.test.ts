import { describe, expect, test } from 'vitest';
import { withoutPersonalData, withoutSecrets } from '../../shared/secrets/redact.ts';
import { masked } from '../../shared/secrets/sensitive.ts';

const ID = '1e640262-4332-4087-ac4e-1674b08cd8f2';

/** Names of fields, flows and files, and numbers that count: of nobody. */
const NOBODYS = {
  field_mappings: { owner: 'business_owner', email: { target: 'email_address', confidence: 1 } },
  confidence_scores: { 'Business Owner': 0.66, owner: 1 },
  name: 'Inventory',
  flow: { name: 'Assessment' },
  file: { name: 'a.csv' },
  author_count: 3,
  ip_address_count: 4,
  rawRecords: 12,
  records: ['a', 'b'],
  owned: 'x',
};

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
    ['in JSON that was cut', '{"a": 1, "pass' + 'word": "it\'s \\"me', '{"a":1,"password":"[hidden]"}…'],
    ['in JSON that was cut, at any depth', '[{"secrets": ["S1", {"a": "S2"}, "S', '[{"secrets":"[hidden]"}]…'],
    ['JSON that was cut and has none stays as written', '{ "a" : [1.0, "b', '{ "a" : [1.0, "b'],
    ['what only begins like JSON', '[12:00, pwd=S1] {"a": "b', '[12:00, pwd=[hidden]] {"a": "b'],
    ['in JSON inside a text', 'got {\\"token\\": \\"x y\\"}', 'got {\\"token\\": \\"[hidden]\\"}'],
    ['a token that a parser met', 'Unexpected token: }', 'Unexpected token: }'],
    ['nothing there', { password: null, token: '' }, { password: null, token: '' }],
    ['JSON without any stays as written', '{ "a" : 1.0 }', '{ "a" : 1.0 }'],
    [
      'in a text, after a colon',
      'got token: abcTOK, auth: a1, pin: 4711',
      'got token: [hidden] auth: [hidden] pin: [hidden]',
    ],
    [
      'on a command line',
      "curl -u admin:pw88 -X GET --user 'me:p 1'",
      "curl -u admin:[hidden] -X GET --user 'me:[hidden]'",
    ],
    [
      'in a sentence',
      'auth=none-of-it, the passphrase is correct-horse, the api key is k1 and the token was "t"',
      'auth=[hidden] the passphrase is [hidden] the api key is [hidden] and the token was "[hidden]"',
    ],
    [
      'of a store',
      'GET https://a.blob/c.csv?sv=1&sig=Zm9v%3D&se=2 AccountKey=Zm9v==;Suffix=x https://b.s3/c?X-Amz-Signature=0af',
      'GET https://a.blob/c.csv?sv=1&sig=[hidden]&se=2 AccountKey=[hidden];Suffix=x https://b.s3/c?X-Amz-Signature=[hidden]',
    ],
    ['in a key', { 'postgres://me:hunter2@db/x': 1 }, { 'postgres://[hidden]@db/x': 1 }],
    ['what is no secret', { user_id: 'u', monkey: 'k', passed: true }, { user_id: 'u', monkey: 'k', passed: true }],
  ])('%s', (_, given, expected) => {
    expect(withoutSecrets(given)).toEqual(expected);
  });
});

test.each([
  ...[
    'pass',
    'db_pass',
    'smtpPass',
    'pin',
    'auth',
    'x-auth',
    'X-Auth',
    'session_id',
    'sessionId',
    'SessionID',
    'sessionid',
  ],
  ...[
    'jwt',
    'JWTValue',
    'user-jwt',
    'tokenValue',
    'refresh_token_value',
    'token-hash',
    'pinHash',
    'authHeader',
    'pass2',
  ],
])('a secret by its key: %s', (key) => {
  expect(withoutSecrets({ [key]: 'x' })).toEqual({ [key]: '[hidden]' });
});

test.each<[string, unknown]>([
  ...['passed', 'author', 'author_count', 'pinned', 'pin_count', 'compass', 'sessions', 'tokenizer', 'shipping'].map(
    (key): [string, unknown] => [key, 'x'],
  ),
  ['tokens_used', 123],
  ['token_count', 5],
  ['auth', true],
])('no secret by its key: %s', (key, value) => {
  expect(withoutSecrets({ [key]: value })).toEqual({ [key]: value });
});

test.each([
  ['postgres://u:p@SECRET@host/db', 'postgres://[hidden]@host/db'],
  ['postgres://u:pa/SECRET@host/db', 'postgres://[hidden]@host/db'],
  ['postgres://u:pa/SEC@RET@host/db', 'postgres://[hidden]@host/db'],
  ['redis://:pa/SECRET@host', 'redis://[hidden]@host'],
  ['amqp://u:SECRET@h1,amqp://u:p/SECRET@h2', 'amqp://[hidden]@h1,amqp://[hidden]@h2'],
  ['password=[SECRET] sent', 'password=[hidden] sent'],
  ['password: ["SECRET"]', 'password: [hidden]'],
  ['Driver=x;Pwd={SE;C RET};Server=y', 'Driver=x;Pwd=[hidden];Server=y'],
  ['password={SECRET', 'password=[hidden]'],
  ['password==SECRET and token == "SECRET"', 'password==[hidden] and token == "[hidden]"'],
  ['password:=SECRET', 'password:=[hidden]'],
  ['password := "SECRET"', 'password := "[hidden]"'],
  ['"host"=>"h", "password"=>"SECRET"', '"host"=>"h", "password"=>"[hidden]"'],
  [":password => 'SECRET'", ":password => '[hidden]'"],
  ["'pass' => 'SECRET'", "'pass' => '[hidden]'"],
  ['[password] => SECRET [b] => c', '[password] => [hidden] [b] => c'],
  ["config['password'] = 'SECRET'", "config['password'] = '[hidden]'"],
  ['<a><password>SECRET</password></a>', '<a><password>[hidden]</password></a>'],
  ['<ns:dbPassword type="t">\n SE CRET</ns:dbPassword>', '<ns:dbPassword type="t">[hidden]</ns:dbPassword>'],
  ['<token><![CDATA[SECRET]]></token>', '<token>[hidden]</token>'],
  ['<user>u</user><password>SECR', '<user>u</user><password>[hidden]'],
])('a secret in a text: %s', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
  expect(withoutSecrets(expected)).toBe(expected);
});

test.each([
  'Unexpected token: abc in JSON',
  'first pass: 3 errors, auth: failed, docker run -u 1000:1000',
  'the password is required, the token is expired and the passphrase was not set',
  '3 passed, 2 pinned, tokens_used: 123, author: none, sessions: 4',
  'https://host:8080/u/jo@b and https://host/@scope/pkg and http://[::1]:80/a@b and file://c:/jo@b',
  'password: [required], password={}, password: ["This field is required."], token=[]',
  'if (password == null || token === other || token==undefined)',
  'login <user> <password> [options], Optional<Token> found',
  '<password></password><password/><p>the password</p>',
])('no secret in a text: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
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
    [
      'people that an object names, and their addresses',
      {
        user: { name: 'Alice Smith', role: 'admin', profile: { nickname: 'Al' } },
        assignees: [{ displayName: 'Bo' }, 'Cy'],
        owner: 'Di',
        assigned_to: 'Ed',
        approverName: 'Fi',
        address: { street: '1 Main St', city: 'X' },
      },
      {
        user: { name: '[person]', role: 'admin', profile: { nickname: '[person]' } },
        assignees: [{ displayName: '[person]' }, '[person]'],
        owner: '[person]',
        assigned_to: '[person]',
        approverName: '[person]',
        address: { street: '[person]', city: '[person]' },
      },
    ],
    [
      'keys that are personal themselves',
      { approvals: { 'alice.smith@example.com': 1, 'bo@example.com': 2, 'Sign Off': 3 } },
      { approvals: { '[email]': 1, '[email] 2': 2, 'Sign Off': 3 } },
    ],
    [
      'raw data in any spelling, and rows wherever they are',
      {
        rawData: { Owner: 'Jo' },
        state: { data: [{ Owner: 'Jo' }], records: [['Jo', 1]], data_version: 'v1' },
        cleansedRecords: [{ n: 1 }],
      },
      {
        rawData: { Owner: 'string(2)' },
        state: { data: [{ Owner: 'string(2)' }], records: [['string(2)', 'number(1)']], data_version: 'v1' },
        cleansedRecords: [{ n: 'number(1)' }],
      },
    ],
    ['rows in JSON that was cut', '{"rows": [{"Owner": "Jo Do', '{"rows":[{"Owner":"string(5)"}]}…'],
    ['names of fields, of flows and of files stay, and so do numbers that count', NOBODYS, NOBODYS],
    [
      'a name among mappings is one all the same',
      { field_mappings: { owner: 'Alice Smith', approved_by: 'jo' }, ip_address: '192.0.2.1' },
      { field_mappings: { owner: '[person]', approved_by: '[person]' }, ip_address: '[ip]' },
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
      'token: ',
      'token is ',
      'password is ',
      '-u a:',
      '-u ',
      'auth',
      'session id',
      '[',
      '{"a":',
      'aa://',
      'aa://a:b',
      'aa://a:b/c@',
      'token=[',
      'token={',
      'token=[a',
      'token==',
      '<token>',
      '<token ',
      '<token>a',
      '"token"=>',
    ]) {
      expect(masked(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
    }
  });
});
