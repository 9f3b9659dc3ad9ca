const PROTOCOL_3_0 = 3 << 16;

/**
 * The first message of a connection, with nothing but who wants to go where. What else the driver would say in it becomes
 * the state of a connection, which a pooler refuses or hands on to strangers: `options`, and the encoding and the name of
 * the application, which it takes back from nobody who never set them.
 */
export function startupMessage({ user, database }: { readonly user: string; readonly database: string }): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(PROTOCOL_3_0, 4);
  return Buffer.concat([head, body]);
}
