import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openPlatformApi } from '../../shared/api/platform-api.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ResumeCall } from '../../shared/resume/calls.ts';
import { Secret } from '../../shared/secrets/secret.ts';
import { freePort } from '../support/free-port.ts';

const prediction = { effect: 'approves', strategy: '', because: '' } as const;
const CALL: ResumeCall = {
  endpoint: 'standard',
  method: 'POST',
  path: '/resume',
  headers: {},
  body: {},
  now: prediction,
  afterRepair: prediction,
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** With more time than a resolver without a network takes to say that it knows no such host. */
function send(url: string, token: string) {
  return openPlatformApi({ url, token: new Secret(token), timeoutMs: 120_000 }).send(CALL);
}

/** What becomes of the call, as text: the answer or the failure. */
async function told(listener: RequestListener, token: string): Promise<string> {
  const url = await listening(createServer(listener));
  return send(url, token).then(
    (outcome) => JSON.stringify(outcome),
    ({ code, message, next }: Failure) => JSON.stringify({ code, message, next }),
  );
}

describe('the token never comes back', () => {
  const TOKEN = 'tok/en+4?8$=';
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  test.each([
    ['as it is', (sent: string) => sent],
    ['URL-encoded', (sent: string) => encodeURIComponent(sent)],
    ['URL-encoded in small letters', (sent: string) => encodeURIComponent(sent).toLowerCase()],
    ['in base64', (sent: string) => base64(sent)],
    ['in base64, one byte on', (sent: string) => base64(`x${sent}`)],
    ['in base64, two bytes on', (sent: string) => base64(`xx${sent}`)],
    ['in base64 for URLs', (sent: string) => Buffer.from(sent).toString('base64url')],
  ])('%s, in whatever field', async (_, spelled) => {
    const answer = await told((request, response) => {
      const sent = spelled(request.headers.authorization ?? '');
      response.end(JSON.stringify({ message: sent, extra: [{ [sent]: `x${sent}x` }] }));
    }, TOKEN);
    expect(JSON.parse(answer).answer.message).toContain('[hidden]');
    expect(answer.match(/\[hidden\]/g)).toHaveLength(3);
    expect(answer).not.toMatch(/tok/i);
    expect(Buffer.from(JSON.parse(answer).answer.message, 'base64').toString()).not.toContain('/en+');
  });

  test.each([1, 3])('not even one of %i characters, nor as a number', async (length) => {
    const token = '7'.repeat(length);
    const answer = await told((request, response) => {
      response.writeHead(200).end(JSON.stringify({ message: request.headers.authorization, number: Number(token) }));
    }, token);
    expect(answer).toContain('"message":"Bearer [hidden]","number":"[hidden]"');
  });

  test('written with JSON escapes', async () => {
    const answer = await told((_, response) => response.end('{"message": "\\u0074oken-1"}'), 'token-1');
    expect(answer).toContain('"message":"[hidden]"');
  });

  test.each([500, 404, 401])('nor half of it where the text of a %i is cut', async (status) => {
    const answer = await told((request, response) => {
      const detail = `${'x'.repeat(289)}${request.headers.authorization}`;
      response.writeHead(status).end(JSON.stringify({ detail }));
    }, 'secret-token-of-some-length');
    expect(answer).toContain('[hid');
    expect(answer).not.toContain('sec');
  });

  test('nor in a page that is no JSON', async () => {
    const page: RequestListener = (request, response) =>
      response.writeHead(502).end(`<html>\n${request.headers.authorization}</html>`);
    expect(await told(page, 'token-1')).toContain('The platform answered 502: <html> Bearer [hidden]</html>');
  });
});

test('an answer without an end is not read to its end', async () => {
  let written = 0;
  const answer = await told((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
    };
    response.on('drain', more).on('error', () => {});
    response.write('{"message":"');
    more();
  }, 'token');
  expect(JSON.parse(answer)).toEqual({
    code: 'api-answer',
    message: 'The platform answered 200 with more than any resume answer is long.',
    next: expect.stringContaining('not known whether the platform acted'),
  });
  expect(written).toBeLessThan(50_000_000);
});

test('JSON that is nested without measure is cut', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const answer = await told((_, response) => response.end(`{"message":"hi","a":${deep}}`), 'token');
  expect(answer).toContain('"message":"hi"');
  expect(answer.length).toBeLessThan(500);
});

describe('"nothing was resumed" is said only where it is known', () => {
  const NOT_KNOWN = expect.stringContaining('not known whether the platform acted');

  test.each([
    ['before a word', () => {}],
    [
      'in the middle of the answer',
      (socket: { write(text: string): void }) => socket.write('HTTP/1.1 200 OK\r\nConte'),
    ],
  ])('a connection that breaks %s', async (_, answer) => {
    const url = await listening(
      createTcpServer((socket) => {
        socket.once('data', () => {
          answer(socket);
          setImmediate(() => socket.resetAndDestroy());
        });
      }),
    );
    await expect(send(url, 'token')).rejects.toMatchObject({ code: 'api-cut-off', next: NOT_KNOWN });
  });

  test('a slow platform', async () => {
    const url = await listening(createTcpServer((socket) => void setTimeout(() => socket.destroy(), 400)));
    const api = openPlatformApi({ url, token: undefined, timeoutMs: 100 });
    await expect(api.send(CALL)).rejects.toMatchObject({ code: 'api-timeout', next: NOT_KNOWN });
  });

  test('nothing listens', async () => {
    await expect(send(`http://127.0.0.1:${await freePort()}`, 'token')).rejects.toMatchObject({
      code: 'api-unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
      next: expect.stringContaining('Nothing was resumed'),
    });
  });

  test('an unknown host', async () => {
    await expect(send('http://no-such-host.invalid', 'token')).rejects.toMatchObject({ code: 'api-unreachable' });
  });
});
