import { expect, test } from 'vitest';
import { forgetKept, type KeptConnection, keep, readKept } from '../../extension/connection/kept-connection.ts';

const URL = 'postgresql://a:secret@db.example.com/flows';
const CONNECTION: KeptConnection = {
  databaseUrl: URL,
  api: { address: 'https://platform.example.com', token: 'a-token' },
  mark: { kind: 'production', name: 'incident-db' },
};
/** What version 0.1.0 left behind. */
const OLDER = {
  'flowmend.databaseUrl': URL,
  'flowmend.apiToken': 'of-some-address',
  'flowmend.access': JSON.stringify(CONNECTION.mark),
};

/** Keeps secrets in memory, until it is cut off after so many writes. */
function storage(start: Readonly<Record<string, string>> = {}, writes = Number.POSITIVE_INFINITY) {
  const kept = new Map(Object.entries(start));
  const write = async (change: () => unknown) => {
    if (writes-- <= 0) throw new Error('cut off');
    change();
  };
  return {
    kept,
    get: async (key: string) => kept.get(key),
    store: (key: string, value: string) => write(() => kept.set(key, value)),
    delete: (key: string) => write(() => kept.delete(key)),
  };
}

test('a connection is read back as it was kept, and nothing is left when it is forgotten', async () => {
  const secrets = storage(OLDER);
  await keep(secrets, CONNECTION);
  expect(await readKept(secrets)).toEqual(CONNECTION);
  expect([...secrets.kept.keys()]).toEqual(['flowmend.connection']);
  await forgetKept(secrets);
  expect(secrets.kept.size).toBe(0);
  expect(await readKept(secrets)).toBeUndefined();
});

test('of 0.1.0 the database and its mark are taken over, and no token: nobody knows for which address it was', async () => {
  expect(await readKept(storage(OLDER))).toEqual({ databaseUrl: URL, mark: CONNECTION.mark });
});

test('cut off anywhere, address, token and mark are of one connection', async () => {
  for (let writes = 0; writes < 5; writes++) {
    const keeping = storage(OLDER, writes);
    await keep(keeping, CONNECTION).catch(() => {});
    expect(await readKept(keeping)).toEqual(writes === 0 ? { databaseUrl: URL, mark: CONNECTION.mark } : CONNECTION);
    const forgetting = storage({ ...OLDER, 'flowmend.connection': JSON.stringify(CONNECTION) }, writes);
    await forgetKept(forgetting).catch(() => {});
    expect(await readKept(forgetting)).toEqual(writes === 4 ? undefined : CONNECTION);
  }
});

test('a mark that cannot be read is read-only; what else cannot be read is told without repeating it', async () => {
  const odd = storage({ 'flowmend.connection': JSON.stringify({ ...CONNECTION, mark: { kind: 'w' } }) });
  expect(await readKept(odd)).toMatchObject({ databaseUrl: URL, mark: { kind: 'read-only' } });
  for (const kept of ['', '{', 'null', URL, JSON.stringify({ url: URL })]) {
    const failure = await readKept(storage({ 'flowmend.connection': kept })).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'settings-invalid' });
    expect((failure as Error).cause).toBeUndefined();
    expect(String(failure)).not.toContain('secret@');
  }
});
